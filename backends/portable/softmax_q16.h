// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Softmax along any axis where the operand or the result has 16 bits: exponentials as products of two tables.
#include "backends/kernel_wide.h"
#include "ir/ops/softmax.h"

namespace tinyc {
namespace portable_softmax_q16 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  if (auto reason = need_narrow(in, "its input")) return reason;
  if (auto reason = need_narrow(out, "its result")) return reason;
  if (ir::element_bits(in.element) == 8 && ir::element_bits(out.element) == 8) return "needs 16 bits on one side";
  const ir::FixedPoint steps = ir::to_fixed_point(1.0 / out.quant->scale());
  const int64_t count = in.shape[static_cast<size_t>(op.integer("axis"))];
  if (steps.shift > 31 || count > int64_t{1} << (32 - steps.shift))
    return "needs fewer classes or a smaller output scale";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return axis_needs(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const AxisInRow axis = axis_in_row(op, op.integer("axis"));
  const ir::FixedPoint steps = ir::to_fixed_point(1.0 / out.quant->scale());
  const ir::WideExponentials table = ir::wide_exponentials(in.quant->scale());
  Built built;
  built.geometry = {{"outer", axis.outer},
                    {"count", axis.count},
                    {"inner", axis.inner},
                    {"whole", axis.whole},
                    {"multiplier", steps.multiplier},
                    {"shift", steps.shift},
                    {"out_zero", out.quant->zero_point()},
                    {"high", ir::highest(out.element)},
                    {"in_kind", narrow_kind(in)},
                    {"out_kind", narrow_kind(out)}};
  built.constants = {packed("coarse", "exp(-256 * i * scale) in units of 2^-31", table.coarse),
                     packed("fine", "exp(-i * scale) in units of 2^-31", table.fine)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) *
         (7 * t.load + t.store + 3 * t.mul_wide + 8 * t.divide + 30 * t.alu);
}

}  // namespace portable_softmax_q16

inline const KernelDef portable_softmax_q16_kernel = {
    .name = "softmax_q16",
    .isa = Isa::portable,
    .ops = {"softmax"},
    .types = "q8, q16 -> q8, q16",
    .summary = "16-bit softmax, any axis and scale",
    .entry = "softmax_q16",
    .geometry_type = "SoftmaxQ16",
    .why_not = portable_softmax_q16::why_not,
    .needs = portable_softmax_q16::needs,
    .build = portable_softmax_q16::build,
    .cycles = portable_softmax_q16::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// y = round(e[max - x] * multiplier / (sum of e << shift)), half to even; `outer` times `count` elements that lie
// `inner` apart, for each of `inner` lines. whole: the tensor is one row.
struct SoftmaxQ16 {
  int32_t outer, count, inner, whole;
  int32_t multiplier, shift, out_zero, high, in_kind, out_kind;
};

// In units of 2^-30.
TINYC_KERNEL uint32_t softmax_q16_exponential(int32_t distance, const uint32_t* coarse, const uint32_t* fine) {
  const uint64_t product = static_cast<uint64_t>(coarse[distance >> 8]) * fine[distance & 255];
  return static_cast<uint32_t>((product + 0x80000000u) >> 32);
}

TINYC_KERNEL void softmax_q16_line(const SoftmaxQ16& g, const uint8_t* from, uint8_t* to, int32_t start,
                                   const uint32_t* coarse, const uint32_t* fine) {
  int32_t largest = load_narrow(from, start, g.in_kind);
  for (int32_t i = 1; i < g.count; ++i) {
    const int32_t value = load_narrow(from, start + i * g.inner, g.in_kind);
    largest = value > largest ? value : largest;
  }
  uint64_t sum = 0;
  for (int32_t i = 0; i < g.count; ++i)
    sum += softmax_q16_exponential(largest - load_narrow(from, start + i * g.inner, g.in_kind), coarse, fine);
  const uint64_t divisor = sum << g.shift;
  for (int32_t i = 0; i < g.count; ++i) {
    const int32_t at = start + i * g.inner;
    const uint64_t numerator =
        static_cast<uint64_t>(softmax_q16_exponential(largest - load_narrow(from, at, g.in_kind), coarse, fine)) *
        static_cast<uint32_t>(g.multiplier);
    const uint64_t quotient = numerator / divisor;
    const uint64_t rest = 2 * (numerator - quotient * divisor);
    const bool up = rest > divisor || (rest == divisor && (quotient & 1) != 0);
    const int64_t result = g.out_zero + static_cast<int64_t>(quotient) + (up ? 1 : 0);
    store_narrow(to, at, g.out_kind, result > g.high ? g.high : static_cast<int32_t>(result));
  }
}

TINYC_KERNEL void softmax_q16(const SoftmaxQ16& g, const Rows& in, const Rows& out, const uint32_t* coarse,
                              const uint32_t* fine, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t i = 0; i < g.inner; ++i)
        softmax_q16_line(g, row_at(in, y), row_at(out, y), o * g.count * g.inner + i, coarse, fine);
    }
  }
}
