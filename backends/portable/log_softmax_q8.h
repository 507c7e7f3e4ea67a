// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit log softmax along any axis: exponentials and logarithms from tables.
#include "backends/kernel_support.h"
#include "ir/ops/log_softmax.h"

namespace tinyc {
namespace portable_log_softmax_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.operand_type(0), "its input")) return reason;
  return need_8bit(op.result_type(), "its result");
}

inline Needs needs(const ir::Op& op, const Variant&) { return axis_needs(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& in = op.operand_type(0);
  const ir::Type& out = op.result_type();
  const AxisInRow axis = axis_in_row(op, op.integer("axis"));
  const ir::LogSoftmaxSteps steps = *ir::log_softmax_steps(in.quant->scale(), out.quant->scale(), axis.count);
  std::vector<uint32_t> exponential;
  for (int64_t distance = 0; distance < 256; ++distance)
    exponential.push_back(static_cast<uint32_t>(ir::softmax_exponential(in.quant->scale(), distance)));
  Built built;
  built.geometry = {{"outer", axis.outer},
                    {"count", axis.count},
                    {"inner", axis.inner},
                    {"whole", axis.whole},
                    {"bits", steps.bits},
                    {"step", steps.step},
                    {"octave", steps.octave},
                    {"out_zero", out.quant->zero_point()},
                    {"low", ir::lowest(out.element)},
                    {"high", ir::highest(out.element)},
                    {"in_unsigned", is_unsigned_8(in)}};
  built.constants = {packed("exponential", "exp(-distance * scale) in units of 2^-22", exponential),
                     packed("logarithm", "ln(1 + j / 128) in units of 2^-bits steps", steps.table)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (4 * t.load + t.store + 14 * t.alu);
}

}  // namespace portable_log_softmax_q8

inline const KernelDef portable_log_softmax_q8_kernel = {
    .name = "log_softmax_q8",
    .isa = Isa::portable,
    .ops = {"log_softmax"},
    .types = "q8 -> q8",
    .summary = "8-bit log softmax along any axis, with tables",
    .entry = "log_softmax_q8",
    .geometry_type = "LogSoftmaxQ8",
    .why_not = portable_log_softmax_q8::why_not,
    .needs = portable_log_softmax_q8::needs,
    .build = portable_log_softmax_q8::build,
    .cycles = portable_log_softmax_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y = out_zero - (max - x + ln(sum of exponentials)); `outer` times `count` elements that lie `inner` apart, for each
// of `inner` lines. whole: the tensor is one row. step and octave (ln 2) in units of 2^-bits steps of the result.
struct LogSoftmaxQ8 {
  int32_t outer, count, inner, whole;
  int32_t bits, step, octave, out_zero, low, high, in_unsigned;
};

// ln(sum / 2^22) in units of 2^-bits steps: the leading bit counts octaves, the next 7 find the entry, 17 more lie
// between two entries.
TINYC_KERNEL int32_t log_softmax_q8_logarithm(const LogSoftmaxQ8& g, uint64_t sum, const int32_t* logarithm) {
  int32_t octave = 0;
  while ((sum >> octave) >= (1u << 23)) ++octave;
  const uint32_t leading = octave >= 2 ? static_cast<uint32_t>(sum >> (octave - 2))
                                       : static_cast<uint32_t>(sum) << (2 - octave);  // 2^24 to 2^25
  const uint32_t entry = (leading >> 17) & 127;
  const int64_t rise = static_cast<int64_t>(logarithm[entry + 1] - logarithm[entry]) * (leading & 0x1ffff);
  return octave * g.octave + logarithm[entry] + static_cast<int32_t>(rise >> 17);
}

TINYC_KERNEL void log_softmax_q8_line(const LogSoftmaxQ8& g, const uint8_t* from, uint8_t* to,
                                      const uint32_t* exponential, const int32_t* logarithm) {
  const bool is_unsigned = g.in_unsigned != 0;
  int32_t largest = load_8(from, 0, is_unsigned);
  for (int32_t i = 1; i < g.count; ++i) {
    const int32_t value = load_8(from, i * g.inner, is_unsigned);
    largest = value > largest ? value : largest;
  }
  uint64_t sum = 0;
  for (int32_t i = 0; i < g.count; ++i) sum += exponential[largest - load_8(from, i * g.inner, is_unsigned)];
  const int32_t start = log_softmax_q8_logarithm(g, sum, logarithm) + (1 << (g.bits - 1));
  for (int32_t i = 0; i < g.count; ++i) {
    const int32_t below = (largest - load_8(from, i * g.inner, is_unsigned)) * g.step + start;
    to[i * g.inner] = static_cast<uint8_t>(clamp_s32(g.out_zero - (below >> g.bits), g.low, g.high));
  }
}

TINYC_KERNEL void log_softmax_q8(const LogSoftmaxQ8& g, const Rows& in, const Rows& out, const uint32_t* exponential,
                                 const int32_t* logarithm, int32_t y0, int32_t y1) {
  const int32_t end = g.whole != 0 ? y0 + 1 : y1;
  for (int32_t y = y0; y < end; ++y) {
    for (int32_t o = 0; o < g.outer; ++o) {
      for (int32_t i = 0; i < g.inner; ++i) {
        const int32_t start = o * g.count * g.inner + i;
        log_softmax_q8_line(g, row_at(in, y) + start, row_at(out, y) + start, exponential, logarithm);
      }
    }
  }
}
