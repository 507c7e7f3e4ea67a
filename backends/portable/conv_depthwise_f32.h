// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 depthwise convolution: one input channel per output channel, with a channel multiplier.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_vfp.h"

namespace tinyc {
namespace portable_conv_depthwise_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (!is_depthwise(op)) return "needs one input channel per group";
  if (conv_image(op).h.kernel > kMostWindowRows) return "needs kernels of at most 15 rows";
  if (auto reason = need_float_activation(op)) return reason;
  return need_float_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const std::vector<float> weights = float_operand(op, 1, op.operand_type(1).elements());
  Built built;
  built.geometry = window_geometry(image);
  const bool by_4 = image.out_c == image.in_c;
  built.constants = {packed("weights",
                            by_4 ? "channels by 4 [kernel_h][kernel_w][4], the rest singly"
                                 : "per output channel [kernel_h][kernel_w]",
                            by_4 ? in_blocks_of_4(weights, image.out_c, 1) : weights),
                     packed("bias", "per output channel", float_operand(op, 2, image.out_c))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  if (has_vfp_loops(t)) return vfp_depthwise_cycles(op, t);
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
    .summary = "float32 depthwise convolution, four channels of up to four pixels at a time",
    .entry = "conv_depthwise_f32",
    .geometry_type = "ConvDepthwiseF32",
    .loops_over_batch = true,
    .mean_code_bytes = 1250,
    .pixels_per_read = 2,
    .why_not = portable_conv_depthwise_f32::why_not,
    .needs = portable_conv_depthwise_f32::needs,
    .build = portable_conv_depthwise_f32::build,
    .cycles = portable_conv_depthwise_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"
#include "runtime-stubs/tinyc_vfp.h"

// Output channel o reads input channel o / (out_c / in_c).
struct ConvDepthwiseF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
};

// The window of one pixel, or of several with the same taps inside the image.
struct ConvDepthwiseF32Window {
  Taps rows, columns;
  int32_t top, left;
};

constexpr int32_t kConvDepthwiseF32Rows = 15;  // of a window

// Channels by four of as many pixels.
template <int pixels, class Activation>
TINYC_KERNEL void conv_depthwise_f32_by_4(const ConvDepthwiseF32& g, const Rows& in, const ConvDepthwiseF32Window& at,
                                          const float* weights, const float* bias, Activation activation, float* to) {
  const int32_t taps = g.kernel_h * g.kernel_w;
  const int32_t count = at.rows.last - at.rows.first;
  const int32_t columns = at.columns.last - at.columns.first;
  const float* w = weights + (at.rows.first * g.kernel_w + at.columns.first) * 4;
  for (int32_t o = 0; o + 4 <= g.out_c; o += 4, w += 4 * taps) {
    float sums[4 * pixels];
    if (count <= 0 || columns <= 0) {
      for (int32_t i = 0; i < 4 * pixels; ++i) sums[i] = bias[o + i % 4];
    } else {
      const float* rows[kConvDepthwiseF32Rows];
      for (int32_t i = 0; i < count; ++i) {
        rows[i] = row_of<const float>(in, at.top + (at.rows.first + i) * g.dilation_h) +
                  (at.left + at.columns.first * g.dilation_w) * g.in_c + o;
      }
      vfp_taps<pixels>(sums, bias + o, rows, count, columns, g.stride_w * g.in_c, g.dilation_w * g.in_c, w,
                       (g.kernel_w - columns) * 4);
    }
    float* pixel = to + o;
    for (int32_t i = 0; i < 4 * pixels; i += 4, pixel += g.out_c) {
      pixel[0] = activation(sums[i]);
      pixel[1] = activation(sums[i + 1]);
      pixel[2] = activation(sums[i + 2]);
      pixel[3] = activation(sums[i + 3]);
    }
  }
}

// Channels one by one, from `first` on.
template <class Activation>
TINYC_KERNEL void conv_depthwise_f32_singly(const ConvDepthwiseF32& g, const Rows& in, const ConvDepthwiseF32Window& at,
                                            int32_t first, const float* weights, const float* bias,
                                            Activation activation, float* to) {
  const int32_t multiplier = g.out_c / g.in_c;
  for (int32_t o = first; o < g.out_c; ++o) {
    const float* w = weights + o * g.kernel_h * g.kernel_w;
    float sum = bias[o];
    for (int32_t ky = at.rows.first; ky < at.rows.last; ++ky) {
      const float* row = row_of<const float>(in, at.top + ky * g.dilation_h) + o / multiplier;
      for (int32_t kx = at.columns.first; kx < at.columns.last; ++kx) {
        sum += row[(at.left + kx * g.dilation_w) * g.in_c] * w[ky * g.kernel_w + kx];
      }
    }
    to[o] = activation(sum);
  }
}

template <int pixels, class Activation>
TINYC_KERNEL void conv_depthwise_f32_pixels(const ConvDepthwiseF32& g, const Rows& in, ConvDepthwiseF32Window at,
                                            const float* weights, const float* bias, Activation activation, float* to) {
  const int32_t first = g.out_c == g.in_c ? g.out_c / 4 * 4 : 0;
  if (first > 0) conv_depthwise_f32_by_4<pixels>(g, in, at, weights, bias, activation, to);
  if (first == g.out_c) return;
  for (int32_t i = 0; i < pixels; ++i, at.left += g.stride_w, to += g.out_c) {
    conv_depthwise_f32_singly(g, in, at, first, weights, bias, activation, to);
  }
}

template <class Activation>
TINYC_KERNEL void conv_depthwise_f32(const ConvDepthwiseF32& g, const Rows& in, const Rows& out, const float* weights,
                                     const float* bias, Activation activation, int32_t y0, int32_t y1) {
  const int32_t reach = (g.kernel_w - 1) * g.dilation_w;
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    ConvDepthwiseF32Window at;
    at.top = y * g.stride_h - g.pad_h;
    at.rows = taps_inside(at.top, g.kernel_h, g.dilation_h, g.in_h);
    int32_t x = 0;
    // Windows inside the image are done together.
    while (x < g.out_w) {
      at.left = x * g.stride_w - g.pad_w;
      at.columns = taps_inside(at.left, g.kernel_w, g.dilation_w, g.in_w);
      int32_t together = 1;
      if (at.left >= 0) {
        while (together < 4 && x + together < g.out_w && at.left + together * g.stride_w + reach < g.in_w) ++together;
      }
      float* pixel = to + x * g.out_c;
      if (together == 4) {
        conv_depthwise_f32_pixels<4>(g, in, at, weights, bias, activation, pixel);
      } else if (together >= 2) {
        conv_depthwise_f32_pixels<2>(g, in, at, weights, bias, activation, pixel);
        together = 2;
      } else {
        conv_depthwise_f32_pixels<1>(g, in, at, weights, bias, activation, pixel);
      }
      x += together;
    }
  }
}
