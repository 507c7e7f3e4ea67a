// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// One of two elements, by a condition, with numpy broadcasting.
#include "backends/kernel_broadcast.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_select {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_broadcast(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return broadcast_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = broadcast_geometry(*broadcast_of(op));
  built.geometry.push_back({"element_bytes", ir::element_bytes(op.result_type().element)});
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (2 * t.load + t.store + 5 * t.alu);
}

}  // namespace portable_select

inline const KernelDef portable_select_kernel = {
    .name = "select",
    .isa = Isa::portable,
    .ops = {"select"},
    .types = "b1 x any x any",
    .summary = "one of two elements",
    .entry = "select",
    .geometry_type = "Select",
    .constant_rows = true,
    .why_not = portable_select::why_not,
    .needs = portable_select::needs,
    .build = portable_select::build,
    .cycles = portable_select::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Sizes of a result row, and the steps of condition (a), yes (b) and no (c) along its axes.
struct Select {
  int32_t size0, size1, size2, size3;
  int32_t a0, a1, a2, a3, a_by_row, a_row;
  int32_t b0, b1, b2, b3, b_by_row, b_row;
  int32_t c0, c1, c2, c3, c_by_row, c_row;
  int32_t element_bytes;
};

TINYC_KERNEL void select(const Select& g, const Rows& condition, const Rows& yes, const Rows& no, const Rows& out,
                         int32_t y0, int32_t y1) {
  const int32_t bytes = g.element_bytes;
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from_a = row_at(condition, y * g.a_by_row) + y * g.a_row;
    const uint8_t* from_b = row_at(yes, y * g.b_by_row) + y * g.b_row * bytes;
    const uint8_t* from_c = row_at(no, y * g.c_by_row) + y * g.c_row * bytes;
    uint8_t* to = row_at(out, y);
    for (int32_t p = 0; p < g.size0; ++p) {
      for (int32_t q = 0; q < g.size1; ++q) {
        for (int32_t r = 0; r < g.size2; ++r) {
          const uint8_t* a = from_a + p * g.a0 + q * g.a1 + r * g.a2;
          const uint8_t* b = from_b + (p * g.b0 + q * g.b1 + r * g.b2) * bytes;
          const uint8_t* c = from_c + (p * g.c0 + q * g.c1 + r * g.c2) * bytes;
          for (int32_t s = 0; s < g.size3; ++s, to += bytes) {
            const uint8_t* from = a[s * g.a3] != 0 ? b + s * g.b3 * bytes : c + s * g.c3 * bytes;
            memmove(to, from, static_cast<size_t>(bytes));
          }
        }
      }
    }
  }
}
