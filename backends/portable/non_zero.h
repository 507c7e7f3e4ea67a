// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Places of elements that are not 0.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_non_zero {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element element = op.operand_type(0).element;
  if (element == ir::Element::f32 || ir::is_integer(element) || element == ir::Element::b1) return std::nullopt;
  return "needs float32, integers or bool";
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  Built built;
  built.geometry = {{"elements", x.elements()},
                    {"axes", x.rank()},
                    {"element_bytes", ir::element_bytes(x.element)},
                    {"real", x.element == ir::Element::f32}};
  built.constants = {packed("sizes", "per axis", std::vector<int32_t>(x.shape.begin(), x.shape.end()))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const ir::Type& x = op.operand_type(0);
  return static_cast<double>(x.elements()) * (t.load + 3 * t.alu + x.rank() * (2 * t.store + 25 * t.alu));
}

}  // namespace portable_non_zero

inline const KernelDef portable_non_zero_kernel = {
    .name = "non_zero",
    .isa = Isa::portable,
    .ops = {"non_zero"},
    .types = "f32, integers, b1 -> i64",
    .summary = "places of elements that are not 0",
    .entry = "non_zero",
    .geometry_type = "NonZero",
    .constant_rows = true,
    .why_not = portable_non_zero::why_not,
    .needs = portable_non_zero::needs,
    .build = portable_non_zero::build,
    .cycles = portable_non_zero::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// The result is [axes][elements]; columns after the last place hold -1.
struct NonZero {
  int32_t elements, axes, element_bytes, real;
};

TINYC_KERNEL bool non_zero_at(const NonZero& g, const uint8_t* from) {
  if (g.real != 0) return load_as<float>(from) != 0.0f;
  return load_integer(from, g.element_bytes, false) != 0;
}

TINYC_KERNEL void non_zero(const NonZero& g, const Rows& in, const Rows& out, const int32_t* sizes, int32_t y0,
                           int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  int64_t* to = row_of<int64_t>(out, y0);
  int32_t found = 0;
  for (int32_t i = 0; i < g.elements; ++i) {
    if (!non_zero_at(g, from + i * g.element_bytes)) continue;
    int32_t rest = i;
    for (int32_t axis = g.axes - 1; axis >= 0; --axis) {
      to[axis * g.elements + found] = rest % sizes[axis];
      rest /= sizes[axis];
    }
    ++found;
  }
  for (int32_t axis = 0; axis < g.axes; ++axis) {
    for (int32_t i = found; i < g.elements; ++i) to[axis * g.elements + i] = -1;
  }
}
