// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Nearest-neighbour resize along one or two axes, any element.
#include "backends/kernel_resize.h"
#include "ir/numerics.h"

namespace tinyc {
namespace portable_resize_nearest {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.text("mode") != "nearest") return "needs mode nearest";
  if (!ir::same_numbers(op.operand_type(0), op.result_type())) return "needs equal numbers in operand and result";
  const std::optional<Resized> resized = resized_of(op);
  if (!resized) return "needs at most two resized axes";
  if (resized->extrapolates) return "needs positions inside of the operand";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return resize_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Resized r = *resized_of(op);
  Built built;
  built.geometry = resize_geometry(r);
  built.geometry.push_back({"element_bytes", ir::element_bytes(op.result_type().element)});
  built.constants = {packed("source_a", "operand position per result position", r.a.index),
                     packed("source_b", "operand position per result position", r.b.index)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().bytes()) * (t.load_next + t.store + t.alu);
}

}  // namespace portable_resize_nearest

inline const KernelDef portable_resize_nearest_kernel = {
    .name = "resize_nearest",
    .isa = Isa::portable,
    .ops = {"resize"},
    .types = "any",
    .summary = "nearest-neighbour resize",
    .entry = "resize_nearest",
    .geometry_type = "ResizeNearest",
    .why_not = portable_resize_nearest::why_not,
    .needs = portable_resize_nearest::needs,
    .build = portable_resize_nearest::build,
    .cycles = portable_resize_nearest::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// The operand is [outer][in_a][middle][in_b][inner], the result has out_a and out_b instead. rows 1: axis a is the row
// axis.
struct ResizeNearest {
  int32_t outer, in_a, out_a, middle, in_b, out_b, inner, rows, element_bytes;
};

TINYC_KERNEL void resize_nearest_plane(const ResizeNearest& g, uint8_t* to, const uint8_t* from,
                                       const int32_t* source_b) {
  const int32_t bytes = g.inner * g.element_bytes;
  for (int32_t m = 0; m < g.middle; ++m) {
    for (int32_t b = 0; b < g.out_b; ++b, to += bytes)
      memcpy(to, from + (m * g.in_b + source_b[b]) * bytes, static_cast<size_t>(bytes));
  }
}

TINYC_KERNEL void resize_nearest(const ResizeNearest& g, const Rows& in, const Rows& out, const int32_t* source_a,
                                 const int32_t* source_b, int32_t y0, int32_t y1) {
  const int32_t bytes = g.inner * g.element_bytes;
  const int32_t in_plane = g.middle * g.in_b * bytes;
  const int32_t out_plane = g.middle * g.out_b * bytes;
  if (g.rows != 0) {
    for (int32_t y = y0; y < y1; ++y) resize_nearest_plane(g, row_at(out, y), row_at(in, source_a[y]), source_b);
    return;
  }
  for (int32_t o = 0; o < g.outer; ++o) {
    for (int32_t a = 0; a < g.out_a; ++a) {
      const uint8_t* from = row_at(in, 0) + (o * g.in_a + source_a[a]) * in_plane;
      resize_nearest_plane(g, row_at(out, 0) + (o * g.out_a + a) * out_plane, from, source_b);
    }
  }
}
