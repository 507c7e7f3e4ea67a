// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Transpose, slice and expand over any number of axes, element by element.
#include "backends/kernel_strided.h"

namespace tinyc {
namespace portable_strided_copy_any {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.result_type().rank() == 0) return "needs at least one axis";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const StridedWalk walk = strided_walk(op);
  const ir::Shape& shape = op.result_type().shape;
  Built built;
  built.geometry = {{"elements", op.result_type().elements()},
                    {"axes", shape.size()},
                    {"start", walk.start},
                    {"element_bytes", ir::element_bytes(op.result_type().element)}};
  built.constants = {packed("sizes", "per axis of the result", std::vector<int32_t>(shape.begin(), shape.end())),
                     packed("steps", "per axis of the result, in elements of the operand",
                            std::vector<int32_t>(walk.steps.begin(), walk.steps.end()))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) *
         (t.load + t.store + 30 * t.alu * (1 + op.result_type().rank()));
}

}  // namespace portable_strided_copy_any

inline const KernelDef portable_strided_copy_any_kernel = {
    .name = "strided_copy_any",
    .isa = Isa::portable,
    .ops = {"expand", "slice", "transpose"},
    .types = "any",
    .summary = "elements at fixed steps along any number of axes",
    .entry = "strided_copy_any",
    .geometry_type = "StridedCopyAny",
    .constant_rows = true,
    .why_not = portable_strided_copy_any::why_not,
    .needs = portable_strided_copy_any::needs,
    .build = portable_strided_copy_any::build,
    .cycles = portable_strided_copy_any::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Axis i of the result has sizes[i] positions that lie steps[i] elements apart in the operand, from `start` on.
struct StridedCopyAny {
  int32_t elements, axes, start, element_bytes;
};

TINYC_KERNEL void strided_copy_any(const StridedCopyAny& g, const Rows& in, const Rows& out, const int32_t* sizes,
                                   const int32_t* steps, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  uint8_t* to = row_at(out, y0);
  for (int32_t i = 0; i < g.elements; ++i, to += g.element_bytes) {
    int32_t element = g.start;
    int32_t rest = i;
    for (int32_t axis = g.axes - 1; axis >= 0; --axis) {
      element += rest % sizes[axis] * steps[axis];
      rest /= sizes[axis];
    }
    memcpy(to, from + element * g.element_bytes, static_cast<size_t>(g.element_bytes));
  }
}
