// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit depthwise convolution: one input channel per output channel, with a channel multiplier.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_conv_depthwise_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (!is_depthwise(op)) return "needs one input channel per group";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = window_geometry(conv_image(op));
  add_requantization(built, op);
  built.constants.insert(built.constants.begin(),
                         packed("weights", "[kernel_h][kernel_w][out_c], zero points taken off",
                                transposed(centred_as<int8_t>(op), op.operand_type(1).shape[0])));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const bool by_4 =
      op.operand_type(1).shape[0] == op.operand_type(0).shape.back() && op.operand_type(1).shape[0] % 4 == 0;
  // Twice its instructions alone: addresses and spills (measured on KWS and VWW, Cortex-M0 and M4).
  const double tap = 2 * ((by_4 ? t.load_next * 2 : t.load * 2) + t.mla + 2 * t.alu);
  return layer_cycles(op, tap, t.mul_wide + t.store + 20 * t.alu);
}

}  // namespace portable_conv_depthwise_q8

inline const KernelDef portable_conv_depthwise_q8_kernel = {
    .name = "conv_depthwise_q8",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit depthwise convolution",
    .entry = "conv_depthwise_q8",
    .geometry_type = "ConvDepthwiseQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 740,
    .tflite_rounding = true,
    .why_not = portable_conv_depthwise_q8::why_not,
    .needs = portable_conv_depthwise_q8::needs,
    .build = portable_conv_depthwise_q8::build,
    .cycles = portable_conv_depthwise_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/dot_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// Output channel o reads input channel o / (out_c / in_c). Padding counts as the input's zero point.
struct ConvDepthwiseQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

// Calls inside(pixel, weights) or outside(weights) for every tap of a window.
template <class Inside, class Outside>
TINYC_KERNEL void conv_depthwise_q8_taps(const ConvDepthwiseQ8& g, const Rows& in, const int8_t* weights, int32_t y,
                                         int32_t x, Inside inside, Outside outside) {
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
    const bool row_inside = iy >= 0 && iy < g.in_h;
    const uint8_t* row = row_at(in, row_inside ? iy : 0);
    for (int32_t kx = 0; kx < g.kernel_w; ++kx, weights += g.out_c) {
      const int32_t ix = x * g.stride_w - g.pad_w + kx * g.dilation_w;
      if (row_inside && ix >= 0 && ix < g.in_w) {
        inside(row + ix * g.in_c, weights);
      } else {
        outside(weights);
      }
    }
  }
}

TINYC_KERNEL void conv_depthwise_q8(const ConvDepthwiseQ8& g, const Rows& in, const Rows& out, const int8_t* weights,
                                    const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int32_t y0,
                                    int32_t y1) {
  const int32_t per_channel = g.out_c / g.in_c;
  const int32_t by_4 = per_channel == 1 ? g.out_c / 4 * 4 : 0;
  const bool is_unsigned = g.in_unsigned != 0;
  const auto finish = [&](int32_t o, int32_t sum) {
    const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
    return static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
  };
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.out_c) {
      for (int32_t o = 0; o < by_4; o += 4) {
        int32_t s0 = bias[o], s1 = bias[o + 1], s2 = bias[o + 2], s3 = bias[o + 3];
        conv_depthwise_q8_taps(
            g, in, weights + o, y, x,
            [&](const uint8_t* pixel, const int8_t* w) {
              s0 += load_8(pixel, o, is_unsigned) * w[0];
              s1 += load_8(pixel, o + 1, is_unsigned) * w[1];
              s2 += load_8(pixel, o + 2, is_unsigned) * w[2];
              s3 += load_8(pixel, o + 3, is_unsigned) * w[3];
            },
            [&](const int8_t* w) {
              s0 += g.in_zero * w[0];
              s1 += g.in_zero * w[1];
              s2 += g.in_zero * w[2];
              s3 += g.in_zero * w[3];
            });
        to[o] = finish(o, s0);
        to[o + 1] = finish(o + 1, s1);
        to[o + 2] = finish(o + 2, s2);
        to[o + 3] = finish(o + 3, s3);
      }
      for (int32_t o = by_4; o < g.out_c; ++o) {
        int32_t sum = bias[o];
        conv_depthwise_q8_taps(
            g, in, weights + o, y, x,
            [&](const uint8_t* pixel, const int8_t* w) { sum += load_8(pixel, o / per_channel, is_unsigned) * *w; },
            [&](const int8_t* w) { sum += g.in_zero * *w; });
        to[o] = finish(o, sum);
      }
    }
  }
}
