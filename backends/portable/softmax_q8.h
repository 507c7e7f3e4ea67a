// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit softmax along the last axis: a table of exponentials, one division per result.
#include <cmath>

#include "backends/kernel_support.h"
#include "ir/numerics.h"
#include "ir/op_def.h"

namespace tinyc {
namespace portable_softmax_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (op.integer("axis") != op.operand_type(0).rank() - 1) return "needs the last axis";
  const double steps = 1.0 / op.result_type().quant->scale();
  if (std::ldexp(1.0, std::ilogb(steps)) != steps || steps > 256)
    return "needs an output scale of 1/256, 1/128 or another power of two";
  if (op.operand_type(0).shape.back() > 512) return "needs at most 512 classes";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  std::vector<uint32_t> table;
  for (int64_t distance = 0; distance < 256; ++distance) {
    table.push_back(static_cast<uint32_t>(ir::softmax_exponential(in.quant->scale(), distance)));
  }
  Built built;
  built.geometry = {{"lines", out.elements() / out.shape.back() / row_count(out)},
                    {"classes", out.shape.back()},
                    {"steps", static_cast<int64_t>(1.0 / out.quant->scale())},
                    {"out_zero", out.quant->zero_point()},
                    {"high", ir::highest(out.element)},
                    {"in_unsigned", is_unsigned_8(in)}};
  built.constants = {packed("exponential", "exp(-distance * scale) in units of 2^-22", table)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& timing) {
  return static_cast<double>(op.result_type().elements()) * (3 * timing.load + timing.divide + 20 * timing.alu);
}

}  // namespace portable_softmax_q8

inline const KernelDef portable_softmax_q8_kernel = {
    .name = "softmax_q8",
    .isa = Isa::portable,
    .ops = {"softmax"},
    .types = "q8 -> q8",
    .summary = "8-bit softmax with a table of exponentials",
    .entry = "softmax_q8",
    .geometry_type = "SoftmaxQ8",
    .mean_code_bytes = 140,
    .why_not = portable_softmax_q8::why_not,
    .needs = portable_softmax_q8::needs,
    .build = portable_softmax_q8::build,
    .cycles = portable_softmax_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y = round(steps * e[max - x] / sum of e), half to even; steps is 1 / output scale.
struct SoftmaxQ8 {
  int32_t lines, classes, steps, out_zero, high, in_unsigned;
};

TINYC_KERNEL void softmax_q8(const SoftmaxQ8& g, const Rows& in, const Rows& out, const uint32_t* exponential,
                             int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* line = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.classes) {
      int32_t largest = load_8(line, 0, g.in_unsigned != 0);
      for (int32_t c = 1; c < g.classes; ++c) {
        const int32_t value = load_8(line, c, g.in_unsigned != 0);
        largest = value > largest ? value : largest;
      }
      uint32_t sum = 0;
      for (int32_t c = 0; c < g.classes; ++c) sum += exponential[largest - load_8(line, c, g.in_unsigned != 0)];
      for (int32_t c = 0; c < g.classes; ++c) {
        const uint32_t numerator =
            exponential[largest - load_8(line, c, g.in_unsigned != 0)] * static_cast<uint32_t>(g.steps);
        const uint32_t quotient = numerator / sum;
        const uint32_t rest = 2 * (numerator - quotient * sum);
        const uint32_t rounded = quotient + (rest > sum || (rest == sum && (quotient & 1) != 0) ? 1 : 0);
        const int32_t result = g.out_zero + static_cast<int32_t>(rounded);
        *to++ = static_cast<uint8_t>(result > g.high ? g.high : result);
      }
    }
  }
}
