// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer on the DSP extension: four outputs share each word of the input.
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_fully_connected_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.operand_type(1).shape[1] < 4) return "needs at least 4 inputs";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)},
                    {"inputs", w[1]},
                    {"outputs", w[0]},
                    {"out_zero", op.result_type().quant->zero_point()},
                    {"low", clamp.low},
                    {"high", clamp.high},
                    {"in_unsigned", is_unsigned_8(op.operand_type(0))},
                    {"rounding", requantization.rounding}};
  built.constants = {packed("weights", "[outputs][inputs padded to 4], zero points taken off",
                            padded_lines(centred_weights(op), w[0])),
                     packed("bias", "with the input's zero point folded in", requantization.bias),
                     packed("multiplier", "per output", requantization.multiplier),
                     packed("shift", "per output", requantization.shift)};
  return built;
}

// Per 4 inputs and 4 outputs: one word of x extended twice, four words of w extended twice each, eight dual products.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, (t.load + 4 * t.load_next + 10 * t.alu + 8 * t.dual_mac + 4 * t.alu) / 16,
                      t.mul_wide + 2 * t.load + t.store + 10 * t.alu);
}

}  // namespace armv7em_dsp_fully_connected_q8

inline const KernelDef armv7em_dsp_fully_connected_q8_kernel = {
    .name = "fully_connected_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"fully_connected"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit fully connected layer, four outputs at a time with dual multiply-accumulate",
    .entry = "fully_connected_q8_dsp",
    .geometry_type = "FullyConnectedQ8Dsp",
    .mean_code_bytes = 290,
    .why_not = armv7em_dsp_fully_connected_q8::why_not,
    .needs = armv7em_dsp_fully_connected_q8::needs,
    .build = armv7em_dsp_fully_connected_q8::build,
    .cycles = armv7em_dsp_fully_connected_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_dsp.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row.
struct FullyConnectedQ8Dsp {
  int32_t lines, inputs, outputs;
  int32_t out_zero, low, high;
  int32_t in_unsigned, rounding;
};

// Sums of `count` outputs (1 or 4) whose weights follow each other.
template <int count>
TINYC_KERNEL void fully_connected_q8_dsp_sums(const FullyConnectedQ8Dsp& g, const uint8_t* x, const int8_t* w,
                                              int32_t* sums) {
  const int32_t line = (g.inputs + 3) / 4 * 4;
  const bool is_unsigned = g.in_unsigned != 0;
  for (int32_t k = 0; k + 4 <= g.inputs; k += 4) {
    const uint32_t word = load_word(x + k);
    const uint32_t even = extend_even(word, is_unsigned);
    const uint32_t odd = extend_odd(word, is_unsigned);
    for (int i = 0; i < count; ++i) sums[i] = dot_4(even, odd, load_word(w + i * line + k), sums[i]);
  }
  for (int32_t k = g.inputs / 4 * 4; k < g.inputs; ++k) {
    const int32_t value = load_8(x, k, is_unsigned);
    for (int i = 0; i < count; ++i) sums[i] += value * w[i * line + k];
  }
}

TINYC_KERNEL void fully_connected_q8_dsp(const FullyConnectedQ8Dsp& g, const Rows& in, const Rows& out,
                                         const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                         const int32_t* shift, int32_t y0, int32_t y1) {
  const int32_t line = (g.inputs + 3) / 4 * 4;
  const auto result = [&](int32_t sum, int32_t o) {
    const int32_t value = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
    return static_cast<uint8_t>(clamp_s32(value, g.low, g.high));
  };
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* x = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, x += g.inputs) {
      int32_t o = 0;
      for (; o + 4 <= g.outputs; o += 4) {
        int32_t sums[4] = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
        fully_connected_q8_dsp_sums<4>(g, x, weights + o * line, sums);
        for (int32_t k = 0; k < 4; ++k) *to++ = result(sums[k], o + k);
      }
      for (; o < g.outputs; ++o) {
        int32_t sum = bias[o];
        fully_connected_q8_dsp_sums<1>(g, x, weights + o * line, &sum);
        *to++ = result(sum, o);
      }
    }
  }
}
