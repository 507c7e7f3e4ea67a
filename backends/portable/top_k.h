// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// The first elements along an axis in order, found one after the other without further memory.
#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_top_k {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Element element = op.operand_type(0).element;
  const bool known = element == ir::Element::f32 || ir::is_integer(element);
  return known ? std::nullopt : std::optional<std::string>("orders float32 and integers only");
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& x = op.operand_type(0);
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape[axis], inner = ir::strides_of(x.shape)[axis];
  const bool real = ir::is_float(x.element);
  Built built;
  built.geometry = {{"outer", count * inner == 0 ? 0 : x.elements() / (count * inner)},
                    {"count", count},
                    {"inner", inner},
                    {"k", op.integer("k")},
                    {"largest", op.flag("largest")},
                    {"real", real},
                    {"element_bytes", ir::element_bytes(x.element)},
                    {"element_signed", !real && ir::is_signed(x.element)}};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).elements() * op.integer("k")) * (t.load + 4 * t.alu);
}

}  // namespace portable_top_k

inline const KernelDef portable_top_k_kernel = {
    .name = "top_k",
    .isa = Isa::portable,
    .ops = {"top_k"},
    .types = "f32, integers",
    .summary = "first elements in order",
    .entry = "top_k",
    .geometry_type = "TopK",
    .why_not = portable_top_k::why_not,
    .needs = portable_top_k::needs,
    .build = portable_top_k::build,
    .cycles = portable_top_k::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

struct TopK {
  int32_t outer, count, inner, k;
  int32_t largest, real, element_bytes, element_signed;
};

TINYC_KERNEL float top_k_load(const uint8_t* from, const TopK&, float) { return load_as<float>(from); }
TINYC_KERNEL int64_t top_k_load(const uint8_t* from, const TopK& g, int64_t) {
  const int64_t value = load_integer(from, g.element_bytes, g.element_signed != 0);
  // Without a sign, 64 bits have the order of the signed numbers 2^63 below.
  return g.element_signed == 0 && g.element_bytes == 8 ? value ^ INT64_MIN : value;
}

// Position of the element that follows `last` in the order; the first one for last < 0. Among equals positions ascend.
template <class T>
TINYC_KERNEL int32_t top_k_next(const TopK& g, const uint8_t* line, int32_t step, int32_t last) {
  const T limit = last < 0 ? T() : top_k_load(line + last * step, g, T());
  int32_t best = -1;
  T leader = T();
  for (int32_t i = 0; i < g.count; ++i) {
    const T value = top_k_load(line + i * step, g, T());
    const bool behind = g.largest != 0 ? value < limit : value > limit;
    const bool ahead = g.largest != 0 ? value > limit : value < limit;
    if (last >= 0 && !behind && (ahead || i <= last)) continue;
    if (best >= 0 && !(g.largest != 0 ? value > leader : value < leader)) continue;
    best = i;
    leader = value;
  }
  return best < 0 ? 0 : best;
}

TINYC_KERNEL void top_k(const TopK& g, const Rows& in, const Rows& values, const Rows& indices, int32_t y0,
                        int32_t y1) {
  static_cast<void>(y1);
  const uint8_t* from = row_at(in, y0);
  uint8_t* to = row_at(values, y0);
  int64_t* at = row_of<int64_t>(indices, y0);
  const int32_t step = g.inner * g.element_bytes;
  for (int32_t o = 0; o < g.outer; ++o) {
    for (int32_t i = 0; i < g.inner; ++i) {
      const uint8_t* line = from + (o * g.count * g.inner + i) * g.element_bytes;
      int32_t last = -1;
      for (int32_t n = 0; n < g.k; ++n) {
        last = g.real != 0 ? top_k_next<float>(g, line, step, last) : top_k_next<int64_t>(g, line, step, last);
        const int32_t place = (o * g.k + n) * g.inner + i;
        memcpy(to + place * g.element_bytes, line + last * step, static_cast<size_t>(g.element_bytes));
        at[place] = last;
      }
    }
  }
}
