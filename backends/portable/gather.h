// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Slices picked along an axis by index.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_gather {

inline std::optional<std::string> why_not(const ir::Op& op) {
  return op.result_type().elements() > 0 ? std::nullopt : std::optional<std::string>("needs a result with elements");
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& x = op.operand_type(0).shape;
  const ir::Type& indices = op.operand_type(1);
  const auto axis = op.integer("axis");
  Built built;
  built.geometry = {{"outer", ir::element_count(ir::Shape(x.begin(), x.begin() + axis))},
                    {"count", x[static_cast<size_t>(axis)]},
                    {"piece_bytes", ir::element_count(ir::Shape(x.begin() + axis + 1, x.end())) *
                                        ir::element_bytes(op.result_type().element)},
                    {"indices", indices.elements()},
                    {"index_bytes", ir::element_bytes(indices.element)},
                    {"index_signed", ir::is_signed(indices.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().bytes()) / 4 * (t.load_next + t.store + t.alu) +
         static_cast<double>(op.operand_type(1).elements()) * 20 * t.alu;
}

}  // namespace portable_gather

inline const KernelDef portable_gather_kernel = {
    .name = "gather",
    .isa = Isa::portable,
    .ops = {"gather"},
    .types = "any",
    .summary = "slices picked by index",
    .entry = "gather",
    .geometry_type = "Gather",
    .constant_rows = true,
    .mean_code_bytes = 90,
    .why_not = portable_gather::why_not,
    .needs = portable_gather::needs,
    .build = portable_gather::build,
    .cycles = portable_gather::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

struct Gather {
  int32_t outer, count, piece_bytes, indices, index_bytes, index_signed;
};

// An index into an axis: negative ones count from the end, and what lies outside moves to the nearest end.
TINYC_KERNEL int32_t gather_index(const uint8_t* from, int32_t bytes, bool is_signed, int32_t count) {
  int64_t index = load_integer(from, bytes, is_signed);
  if (index < 0) index += count;
  return static_cast<int32_t>(index < 0 ? 0 : index >= count ? count - 1 : index);
}

TINYC_KERNEL void gather(const Gather& g, const Rows& in, const Rows& indices, const Rows& out, int32_t y0,
                         int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  const uint8_t* index = row_at(indices, 0);
  uint8_t* to = row_at(out, y0);
  for (int32_t o = 0; o < g.outer; ++o) {
    for (int32_t i = 0; i < g.indices; ++i, to += g.piece_bytes) {
      const int32_t at = gather_index(index + i * g.index_bytes, g.index_bytes, g.index_signed != 0, g.count);
      memcpy(to, from + (o * g.count + at) * g.piece_bytes, static_cast<size_t>(g.piece_bytes));
    }
  }
}
