// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 depthwise convolution: one input channel per output channel, with a channel multiplier.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"

namespace tinyc {
namespace portable_conv_depthwise_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (!is_depthwise(op)) return "needs one input channel per group";
  if (auto reason = need_float_activation(op)) return reason;
  return need_float_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const std::vector<float> weights = float_operand(op, 1, op.operand_type(1).elements());
  Built built;
  built.geometry = window_geometry(image);
  built.constants = {packed("weights", "[kernel_h][kernel_w][out_c]", transposed(weights, image.out_c)),
                     packed("bias", "per output channel", float_operand(op, 2, image.out_c))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const bool by_4 =
      op.result_type().shape.back() % 4 == 0 && op.operand_type(1).shape[0] == op.operand_type(0).shape.back();
  const double loads = by_4 ? t.load_next * 2 : t.load * 2;
  return layer_cycles(op, loads + t.float_mac + 2 * t.alu, t.load + t.store + 10 * t.alu);
}

}  // namespace portable_conv_depthwise_f32

inline const KernelDef portable_conv_depthwise_f32_kernel = {
    .name = "conv_depthwise_f32",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 depthwise convolution, four channels at a time",
    .entry = "conv_depthwise_f32",
    .geometry_type = "ConvDepthwiseF32",
    .loops_over_batch = true,
    .code_bytes = 460,
    .why_not = portable_conv_depthwise_f32::why_not,
    .needs = portable_conv_depthwise_f32::needs,
    .build = portable_conv_depthwise_f32::build,
    .cycles = portable_conv_depthwise_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// Output channel o reads input channel o / (out_c / in_c).
struct ConvDepthwiseF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
};

template <class Activation>
TINYC_KERNEL void conv_depthwise_f32(const ConvDepthwiseF32& g, const Rows& in, const Rows& out, const float* weights,
                                     const float* bias, Activation activation, int32_t y0, int32_t y1) {
  const int32_t multiplier = g.out_c / g.in_c;
  const int32_t by_4 = multiplier == 1 ? g.out_c / 4 * 4 : 0;
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    const int32_t top = y * g.stride_h - g.pad_h;
    const Taps rows = taps_inside(top, g.kernel_h, g.dilation_h, g.in_h);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.out_c) {
      const int32_t left = x * g.stride_w - g.pad_w;
      const Taps columns = taps_inside(left, g.kernel_w, g.dilation_w, g.in_w);
      for (int32_t o = 0; o < by_4; o += 4) {
        float s0 = bias[o], s1 = bias[o + 1], s2 = bias[o + 2], s3 = bias[o + 3];
        for (int32_t ky = rows.first; ky < rows.last; ++ky) {
          const float* row = row_of<const float>(in, top + ky * g.dilation_h) + o;
          for (int32_t kx = columns.first; kx < columns.last; ++kx) {
            const float* pixel = row + (left + kx * g.dilation_w) * g.in_c;
            const float* w = weights + (ky * g.kernel_w + kx) * g.out_c + o;
            s0 += pixel[0] * w[0];
            s1 += pixel[1] * w[1];
            s2 += pixel[2] * w[2];
            s3 += pixel[3] * w[3];
          }
        }
        to[o] = activation(s0);
        to[o + 1] = activation(s1);
        to[o + 2] = activation(s2);
        to[o + 3] = activation(s3);
      }
      for (int32_t o = by_4; o < g.out_c; ++o) {
        float sum = bias[o];
        for (int32_t ky = rows.first; ky < rows.last; ++ky) {
          const float* row = row_of<const float>(in, top + ky * g.dilation_h) + o / multiplier;
          for (int32_t kx = columns.first; kx < columns.last; ++kx) {
            sum += row[(left + kx * g.dilation_w) * g.in_c] * weights[(ky * g.kernel_w + kx) * g.out_c + o];
          }
        }
        to[o] = activation(sum);
      }
    }
  }
}
