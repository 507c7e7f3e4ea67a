// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Elements picked one by one along an axis.
#include "backends/kernel_broadcast.h"
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_gather_elements {

// Sizes of the indices and steps in the operand (0 along the picked axis), neighbouring axes merged.
struct Walk {
  ir::Shape size;
  std::vector<ir::Shape> step;
};

inline std::optional<Walk> walk_of(const ir::Op& op) {
  Walk walk = {op.result_type().shape, {ir::strides_of(op.operand_type(0).shape)}};
  walk.step[0][static_cast<size_t>(op.integer("axis"))] = 0;
  if (!collapse_axes(walk.size, walk.step, 4)) return std::nullopt;
  return walk;
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (walk_of(op)) return std::nullopt;
  return "needs at most 4 groups of axes";
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& indices = op.operand_type(1);
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const ir::Shape& x = op.operand_type(0).shape;
  const ir::Shape strides = ir::strides_of(x);
  const Walk walk = *walk_of(op);
  const ir::Shape& size = walk.size;
  const ir::Shape& step = walk.step[0];
  Built built;
  built.geometry = {{"size0", size[0]},
                    {"size1", size[1]},
                    {"size2", size[2]},
                    {"size3", size[3]},
                    {"step0", step[0]},
                    {"step1", step[1]},
                    {"step2", step[2]},
                    {"step3", step[3]},
                    {"count", x[axis]},
                    {"picked_step", strides[axis]},
                    {"element_bytes", ir::element_bytes(op.result_type().element)},
                    {"index_bytes", ir::element_bytes(indices.element)},
                    {"index_signed", ir::is_signed(indices.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (2 * t.load + t.store + 12 * t.alu);
}

}  // namespace portable_gather_elements

inline const KernelDef portable_gather_elements_kernel = {
    .name = "gather_elements",
    .isa = Isa::portable,
    .ops = {"gather_elements"},
    .types = "any",
    .summary = "elements picked by index",
    .entry = "gather_elements",
    .geometry_type = "GatherElements",
    .constant_rows = true,
    .why_not = portable_gather_elements::why_not,
    .needs = portable_gather_elements::needs,
    .build = portable_gather_elements::build,
    .cycles = portable_gather_elements::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// The steps are the operand's; the picked axis has step 0 there and picked_step per index.
struct GatherElements {
  int32_t size0, size1, size2, size3, step0, step1, step2, step3;
  int32_t count, picked_step, element_bytes, index_bytes, index_signed;
};

// An index into an axis: negative ones count from the end, and what lies outside moves to the nearest end.
TINYC_KERNEL int32_t gather_elements_index(const uint8_t* from, int32_t bytes, bool is_signed, int32_t count) {
  int64_t index = load_integer(from, bytes, is_signed);
  if (index < 0) index += count;
  return static_cast<int32_t>(index < 0 ? 0 : index >= count ? count - 1 : index);
}

TINYC_KERNEL void gather_elements(const GatherElements& g, const Rows& in, const Rows& indices, const Rows& out,
                                  int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  const uint8_t* index = row_at(indices, 0);
  uint8_t* to = row_at(out, y0);
  for (int32_t a = 0; a < g.size0; ++a) {
    for (int32_t b = 0; b < g.size1; ++b) {
      for (int32_t c = 0; c < g.size2; ++c) {
        for (int32_t d = 0; d < g.size3; ++d, index += g.index_bytes, to += g.element_bytes) {
          const int32_t at = gather_elements_index(index, g.index_bytes, g.index_signed != 0, g.count);
          const int32_t element = a * g.step0 + b * g.step1 + c * g.step2 + d * g.step3 + at * g.picked_step;
          memcpy(to, from + element * g.element_bytes, static_cast<size_t>(g.element_bytes));
        }
      }
    }
  }
}
