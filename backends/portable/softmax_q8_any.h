// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit softmax along any axis and to any output scale: as softmax_q8, with 64-bit divisions.
#include "backends/kernel_support.h"
#include "ir/numerics.h"

namespace tinyc {
namespace portable_softmax_q8_any {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  const ir::FixedPoint steps = ir::to_fixed_point(1.0 / op.result_type().quant->scale());
  const int64_t count = op.operand_type(0).shape[static_cast<size_t>(op.integer("axis"))];
  if (count > 1 << 10 || steps.shift > 30) return "needs at most 1024 classes and an output scale below 1";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return axis_needs(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const AxisInRow axis = axis_in_row(op, op.integer("axis"));
  const ir::FixedPoint steps = ir::to_fixed_point(1.0 / out.quant->scale());
  std::vector<uint32_t> table;
  for (int64_t distance = 0; distance < 256; ++distance) {
    table.push_back(static_cast<uint32_t>(ir::softmax_exponential(in.quant->scale(), distance)));
  }
  Built built;
  built.geometry = {{"outer", axis.outer},
                    {"count", axis.count},
                    {"inner", axis.inner},
                    {"whole", axis.whole},
                    {"multiplier", steps.multiplier},
                    {"shift", steps.shift},
                    {"out_zero", out.quant->zero_point()},
                    {"high", ir::highest(out.element)},
                    {"in_unsigned", is_unsigned_8(in)}};
  built.constants = {packed("exponential", "exp(-distance * scale) in units of 2^-22", table)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (3 * t.load + 8 * t.divide + 30 * t.alu);
}

}  // namespace portable_softmax_q8_any

inline const KernelDef portable_softmax_q8_any_kernel = {
    .name = "softmax_q8_any",
    .isa = Isa::portable,
    .ops = {"softmax"},
    .types = "q8 -> q8",
    .summary = "8-bit softmax, any axis and scale",
    .entry = "softmax_q8_any",
    .geometry_type = "SoftmaxQ8Any",
    .mean_code_bytes = 240,
    .why_not = portable_softmax_q8_any::why_not,
    .needs = portable_softmax_q8_any::needs,
    .build = portable_softmax_q8_any::build,
    .cycles = portable_softmax_q8_any::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y = round(e[max - x] * multiplier / (sum of e << shift)), half to even; `outer` times `count` elements that lie
// `inner` apart, for each of `inner` lines. whole: the tensor is one row.
struct SoftmaxQ8Any {
  int32_t outer, count, inner, whole;
  int32_t multiplier, shift, out_zero, high, in_unsigned;
};

TINYC_KERNEL void softmax_q8_any_line(const SoftmaxQ8Any& g, const uint8_t* from, uint8_t* to,
                                      const uint32_t* exponential) {
  const bool is_unsigned = g.in_unsigned != 0;
  int32_t largest = load_8(from, 0, is_unsigned);
  for (int32_t i = 1; i < g.count; ++i) {
    const int32_t value = load_8(from, i * g.inner, is_unsigned);
    largest = value > largest ? value : largest;
  }
  uint64_t sum = 0;
  for (int32_t i = 0; i < g.count; ++i) sum += exponential[largest - load_8(from, i * g.inner, is_unsigned)];
  const uint64_t divisor = sum << g.shift;
  for (int32_t i = 0; i < g.count; ++i) {
    const uint64_t numerator = static_cast<uint64_t>(exponential[largest - load_8(from, i * g.inner, is_unsigned)]) *
                               static_cast<uint32_t>(g.multiplier);
    const uint64_t quotient = numerator / divisor;
    const uint64_t rest = 2 * (numerator - quotient * divisor);
    const bool up = rest > divisor || (rest == divisor && (quotient & 1) != 0);
    const int32_t result = g.out_zero + static_cast<int32_t>(quotient) + (up ? 1 : 0);
    to[i * g.inner] = static_cast<uint8_t>(result > g.high ? g.high : result);
  }
}

TINYC_KERNEL void softmax_q8_any(const SoftmaxQ8Any& g, const Rows& in, const Rows& out, const uint32_t* exponential,
                                 int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t i = 0; i < g.inner; ++i) {
        const int32_t start = o * g.count * g.inner + i;
        softmax_q8_any_line(g, row_at(in, y) + start, row_at(out, y) + start, exponential);
      }
    }
  }
}
