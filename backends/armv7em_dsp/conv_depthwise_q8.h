// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit depthwise convolution on the DSP extension: four channels of a tap at a time.
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_depthwise_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  const ir::Shape& w = op.operand_type(1).shape;
  if (auto reason = need_depthwise(op)) return reason;
  if (w[0] % 4 != 0) return "needs a multiple of 4 channels";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8);
}

// [channels / 4][taps][4] with channels in the order 0, 2, 1, 3, as two words of 16-bit lanes.
inline std::vector<int16_t> pack(const std::vector<int32_t>& weights, int64_t channels) {
  constexpr int64_t kOrder[] = {0, 2, 1, 3};
  const int64_t taps = static_cast<int64_t>(weights.size()) / channels;
  std::vector<int16_t> result;
  for (int64_t c = 0; c < channels; c += 4) {
    for (int64_t k = 0; k < taps; ++k) {
      for (const int64_t lane : kOrder)
        result.push_back(static_cast<int16_t>(weights[static_cast<size_t>((c + lane) * taps + k)]));
    }
  }
  return result;
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  const auto zero = static_cast<uint32_t>(op.operand_type(0).quant->zero_point() & 0xFF);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(), {{"zero_word", static_cast<int32_t>(zero * 0x01010101U)},
                                               {"out_zero", op.result_type().quant->zero_point()},
                                               {"low", clamp.low},
                                               {"high", clamp.high},
                                               {"in_unsigned", is_unsigned_8(op.operand_type(0))},
                                               {"rounding", requantization.rounding}});
  built.constants = {
      packed("weights", "[channels / 4][kernel_h * kernel_w][4: channels 0, 2, 1, 3], zero points taken off",
             pack(centred_weights(op), image.in_c)),
      packed("bias", "with the input's zero point folded in", requantization.bias),
      packed("multiplier", "per channel", requantization.multiplier),
      packed("shift", "per channel", requantization.shift)};
  return built;
}

// Per tap and 4 channels: a word of pixels extended twice, two words of weights, four products, and its place in the
// image; sums spill (measured: 15 cycles per multiply-accumulate with 5 taps).
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, (2 * t.load + t.load_next + 2 * t.alu + 4 * t.dual_mac + 20 * t.alu) / 4,
                      t.mul_wide + 4 * t.load + 2 * t.store + 25 * t.alu);
}

}  // namespace armv7em_dsp_conv_depthwise_q8

inline const KernelDef armv7em_dsp_conv_depthwise_q8_kernel = {
    .name = "conv_depthwise_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit depthwise convolution, four channels at a time",
    .entry = "conv_depthwise_q8_dsp",
    .geometry_type = "ConvDepthwiseQ8Dsp",
    .loops_over_batch = true,
    .mean_code_bytes = 450,
    .why_not = armv7em_dsp_conv_depthwise_q8::why_not,
    .needs = armv7em_dsp_conv_depthwise_q8::needs,
    .build = armv7em_dsp_conv_depthwise_q8::build,
    .cycles = armv7em_dsp_conv_depthwise_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_dsp.h"

// 8-bit depthwise convolution, channels last, a multiple of 4 channels.
struct ConvDepthwiseQ8Dsp {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t zero_word, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

// Adds one tap of four channels.
TINYC_KERNEL void conv_depthwise_q8_dsp_tap(int32_t* sums, uint32_t x, const int16_t* w, bool is_unsigned) {
  const uint32_t even = extend_even(x, is_unsigned);
  const uint32_t odd = extend_odd(x, is_unsigned);
  const uint32_t w_even = load_word(w);
  const uint32_t w_odd = load_word(w + 2);
  sums[0] = smlabb(even, w_even, sums[0]);
  sums[2] = smlatt(even, w_even, sums[2]);
  sums[1] = smlabb(odd, w_odd, sums[1]);
  sums[3] = smlatt(odd, w_odd, sums[3]);
}

// All taps of channels c to c + 3 at output position (y, x); taps in the padding see the zero point.
TINYC_KERNEL void conv_depthwise_q8_dsp_sums(const ConvDepthwiseQ8Dsp& g, const Rows& in, const int16_t* w, int32_t y,
                                             int32_t x, int32_t c, int32_t* sums) {
  const int32_t top = y * g.stride_h - g.pad_h;
  const int32_t left = x * g.stride_w - g.pad_w;
  const bool columns_inside = left >= 0 && left + (g.kernel_w - 1) * g.dilation_w < g.in_w;
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = top + ky * g.dilation_h;
    const bool row_inside = iy >= 0 && iy < g.in_h;
    const uint8_t* row = row_inside ? row_at(in, iy) : nullptr;
    for (int32_t kx = 0; kx < g.kernel_w; ++kx, w += 4) {
      const int32_t ix = left + kx * g.dilation_w;
      const bool inside = row_inside && (columns_inside || (ix >= 0 && ix < g.in_w));
      const uint32_t word = inside ? load_word(row + ix * g.in_c + c) : static_cast<uint32_t>(g.zero_word);
      conv_depthwise_q8_dsp_tap(sums, word, w, g.in_unsigned != 0);
    }
  }
}

TINYC_KERNEL void conv_depthwise_q8_dsp(const ConvDepthwiseQ8Dsp& g, const Rows& in, const Rows& out,
                                        const int16_t* weights, const int32_t* bias, const int32_t* multiplier,
                                        const int32_t* shift, int32_t y0, int32_t y1) {
  const int32_t block = 4 * g.kernel_h * g.kernel_w;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      for (int32_t c = 0; c < g.in_c; c += 4) {
        int32_t sums[4] = {bias[c], bias[c + 1], bias[c + 2], bias[c + 3]};
        conv_depthwise_q8_dsp_sums(g, in, weights + c / 4 * block, y, x, c, sums);
        for (int32_t k = 0; k < 4; ++k) {
          const int32_t value = g.out_zero + requantize(sums[k], multiplier[c + k], shift[c + k], g.rounding);
          *to++ = static_cast<uint8_t>(clamp_s32(value, g.low, g.high));
        }
      }
    }
  }
}
