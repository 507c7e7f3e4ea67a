// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 convolution, any kernel, stride, dilation, padding and groups; four output channels at a time.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"

namespace tinyc {
namespace portable_conv_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_float_activation(op)) return reason;
  return need_float_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return conv_needs(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const int64_t groups = op.integer("groups");
  const std::vector<float> weights = float_operand(op, 1, op.operand_type(1).elements());
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.push_back({"groups", groups});
  built.constants = {
      packed("weights", "per group: output channels by 4 [kernel_h][kernel_w][in_c / groups][4], the rest singly",
             in_blocks_of_4(weights, image.out_c, groups)),
      packed("bias", "per output channel", float_operand(op, 2, image.out_c))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, conv_mac_overhead(op, t) + t.float_mac, t.load + t.store + t.float_add + 10 * t.alu);
}

}  // namespace portable_conv_f32

inline const KernelDef portable_conv_f32_kernel = {
    .name = "conv_f32",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 convolution, four output channels at a time",
    .entry = "conv_f32",
    .geometry_type = "ConvF32",
    .loops_over_batch = true,
    .why_not = portable_conv_f32::why_not,
    .needs = portable_conv_f32::needs,
    .build = portable_conv_f32::build,
    .cycles = portable_conv_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/dot_f32.h"
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// float32 convolution, channels last.
struct ConvF32 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
};

// The window of one position: its taps inside the image, and where it starts.
struct ConvF32Window {
  Taps rows, columns;
  int32_t top, left;
};

// Adds one row of taps: one run where they lie side by side, else pixel by pixel. lanes: 1 or 4 output channels.
template <class Add>
TINYC_KERNEL void conv_f32_taps(const ConvF32& g, const Rows& in, const ConvF32Window& at, int32_t first_c,
                                int32_t lanes, Add add) {
  const int32_t channels = g.in_c / g.groups;
  const bool side_by_side = g.dilation_w == 1 && g.groups == 1;
  const int32_t count = at.columns.last - at.columns.first;
  for (int32_t ky = at.rows.first; ky < at.rows.last; ++ky) {
    const float* row = row_of<const float>(in, at.top + ky * g.dilation_h) + first_c;
    const int32_t w = (ky * g.kernel_w + at.columns.first) * channels * lanes;
    const float* pixel = row + (at.left + at.columns.first * g.dilation_w) * g.in_c;
    if (side_by_side) {
      add(pixel, w, count * channels);
    } else {
      for (int32_t k = 0; k < count; ++k) add(pixel + k * g.dilation_w * g.in_c, w + k * channels * lanes, channels);
    }
  }
}

template <class Activation>
TINYC_KERNEL void conv_f32(const ConvF32& g, const Rows& in, const Rows& out, const float* weights, const float* bias,
                           Activation activation, int32_t y0, int32_t y1) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * channels;
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    ConvF32Window at;
    at.top = y * g.stride_h - g.pad_h;
    at.rows = taps_inside(at.top, g.kernel_h, g.dilation_h, g.in_h);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.out_c) {
      at.left = x * g.stride_w - g.pad_w;
      at.columns = taps_inside(at.left, g.kernel_w, g.dilation_w, g.in_w);
      for (int32_t group = 0; group < g.groups; ++group) {
        const int32_t end = (group + 1) * per_group;
        int32_t o = group * per_group;
        for (; o + 4 <= end; o += 4) {
          const float* w = weights + o * taps;
          Sums4F32 sums = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
          conv_f32_taps(g, in, at, group * channels, 4, [&](const float* pixel, int32_t from, int32_t count) {
            dot4_f32(sums, pixel, w + from, count, 4);
          });
          to[o] = activation(sums.s0);
          to[o + 1] = activation(sums.s1);
          to[o + 2] = activation(sums.s2);
          to[o + 3] = activation(sums.s3);
        }
        if (per_group % 4 == 0) continue;  // keeps GCC from warning about a loop that never runs
        for (; o < end; ++o) {
          const float* w = weights + o * taps;
          float sum = bias[o];
          conv_f32_taps(g, in, at, group * channels, 1, [&](const float* pixel, int32_t from, int32_t count) {
            sum = dot_f32(sum, pixel, w + from, count, 1);
          });
          to[o] = activation(sum);
        }
      }
    }
  }
}
