// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Running sums and products along an axis.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_cumulate {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element element = op.result_type().element;
  const bool known = element == ir::Element::f32 || !ir::is_float(element);
  return known ? std::nullopt : std::optional<std::string>("needs float32 or integers");
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape[axis], inner = ir::strides_of(x.shape)[axis];
  Built built;
  built.geometry = {{"outer", count * inner == 0 ? 0 : x.elements() / (count * inner)},
                    {"count", count},
                    {"inner", inner},
                    {"product", op.flag("product")},
                    {"exclusive", op.flag("exclusive")},
                    {"reverse", op.flag("reverse")},
                    {"real", ir::is_float(x.element)},
                    {"element_bytes", ir::element_bytes(x.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + t.float_add + 2 * t.alu);
}

}  // namespace portable_cumulate

inline const KernelDef portable_cumulate_kernel = {
    .name = "cumulate",
    .isa = Isa::portable,
    .ops = {"cumulate"},
    .types = "f32, integers",
    .summary = "running sums and products",
    .entry = "cumulate",
    .geometry_type = "Cumulate",
    .why_not = portable_cumulate::why_not,
    .needs = portable_cumulate::needs,
    .build = portable_cumulate::build,
    .cycles = portable_cumulate::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

struct Cumulate {
  int32_t outer, count, inner, product, exclusive, reverse, real, element_bytes;
};

TINYC_KERNEL void cumulate_line_f32(const Cumulate& g, const uint8_t* from, uint8_t* to, int32_t step) {
  float total = g.product != 0 ? 1.0f : 0.0f;
  for (int32_t i = 0; i < g.count; ++i, from += step, to += step) {
    const float value = load_as<float>(from);
    const float next = g.product != 0 ? total * value : total + value;
    store_as(to, g.exclusive != 0 ? total : next);
    total = next;
  }
}

// Low bits do not depend on higher ones, so that every integer can be taken as unsigned.
TINYC_KERNEL void cumulate_line_integer(const Cumulate& g, const uint8_t* from, uint8_t* to, int32_t step) {
  uint64_t total = g.product != 0 ? 1u : 0u;
  for (int32_t i = 0; i < g.count; ++i, from += step, to += step) {
    const uint64_t value = static_cast<uint64_t>(load_integer(from, g.element_bytes, false));
    const uint64_t next = g.product != 0 ? total * value : total + value;
    store_integer(to, static_cast<int64_t>(g.exclusive != 0 ? total : next), g.element_bytes);
    total = next;
  }
}

TINYC_KERNEL void cumulate(const Cumulate& g, const Rows& in, const Rows& out, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  uint8_t* to = row_at(out, y0);
  const int32_t step = g.inner * g.element_bytes;
  for (int32_t o = 0; o < g.outer; ++o) {
    for (int32_t i = 0; i < g.inner; ++i) {
      const int32_t first = o * g.count * step + i * g.element_bytes + (g.reverse != 0 ? (g.count - 1) * step : 0);
      if (g.real != 0) {
        cumulate_line_f32(g, from + first, to + first, g.reverse != 0 ? -step : step);
      } else {
        cumulate_line_integer(g, from + first, to + first, g.reverse != 0 ? -step : step);
      }
    }
  }
}
