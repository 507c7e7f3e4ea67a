// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution, any kernel, stride, dilation, padding and groups: the plain loop nest that defines the others.
#include <fmt/format.h>

#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_conv_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  return need_integer_layer_8(op);
}

inline Image2d image_of(const ir::Op& op) {
  const ir::Shape& w = op.operand_type(1).shape;
  return image_2d(op, ir::Shape(w.begin() + 1, w.end() - 1));
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = row_by_row(op, WriteFront::row);
  needs.inputs[0].window = rows_of_window(image_of(op).h);
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = image_of(op);
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  std::vector<int8_t> weights;
  for (const int32_t weight : centred_weights(op)) weights.push_back(static_cast<int8_t>(weight));
  Built built;
  built.geometry = {{"in_h", image.in_h},
                    {"in_w", image.in_w},
                    {"in_c", image.in_c},
                    {"out_w", image.out_w},
                    {"out_c", image.out_c},
                    {"kernel_h", image.h.kernel},
                    {"kernel_w", image.w.kernel},
                    {"stride_h", image.h.stride},
                    {"stride_w", image.w.stride},
                    {"dilation_h", image.h.dilation},
                    {"dilation_w", image.w.dilation},
                    {"pad_h", image.h.pad_begin},
                    {"pad_w", image.w.pad_begin},
                    {"groups", op.integer("groups")},
                    {"in_zero", op.operand_type(0).quant->zero_point()},
                    {"out_zero", op.result_type().quant->zero_point()},
                    {"low", clamp.low},
                    {"high", clamp.high},
                    {"in_unsigned", is_unsigned_8(op.operand_type(0))},
                    {"ties", requantization.ties}};
  built.constants = {packed("weights", "[out_c][kernel_h][kernel_w][in_c / groups], zero points taken off", weights),
                     packed("bias", "with the input's zero point folded in", requantization.bias),
                     packed("multiplier", "per output channel", requantization.multiplier),
                     packed("shift", "per output channel", requantization.shift)};
  return built;
}

// Load, multiply-accumulate and loop overhead per tap; about 20 further cycles per result.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& timing) {
  const auto macs = static_cast<double>(op.def->macs(op));
  const auto results = static_cast<double>(op.result_type().elements());
  return macs * (2 * timing.load + timing.mla + timing.alu) +
         results * (timing.mul_wide + timing.store + 20 * timing.alu);
}

}  // namespace portable_conv_q8

inline const KernelDef portable_conv_q8_kernel = {
    .name = "conv_q8",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit convolution, plain loops",
    .entry = "conv_q8",
    .geometry_type = "ConvQ8",
    .loops_over_batch = true,
    .why_not = portable_conv_q8::why_not,
    .needs = portable_conv_q8::needs,
    .build = portable_conv_q8::build,
    .cycles = portable_conv_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// 8-bit convolution, channels last. Padding taps count as the input's zero point, which the bias already holds.
struct ConvQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t groups;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, ties;
};

// One accumulator: all taps of one output channel at one position.
TINYC_KERNEL int32_t conv_q8_sum(const ConvQ8& g, const Rows& in, const int8_t* w, int32_t y, int32_t x,
                                 int32_t first_c) {
  const int32_t channels = g.in_c / g.groups;
  int32_t sum = 0;
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
    const bool row_inside = iy >= 0 && iy < g.in_h;
    const uint8_t* row = row_inside ? row_at(in, iy) : nullptr;
    for (int32_t kx = 0; kx < g.kernel_w; ++kx, w += channels) {
      const int32_t ix = x * g.stride_w - g.pad_w + kx * g.dilation_w;
      if (row_inside && ix >= 0 && ix < g.in_w) {
        const uint8_t* pixel = row + ix * g.in_c + first_c;
        for (int32_t c = 0; c < channels; ++c) sum += load_8(pixel, c, g.in_unsigned != 0) * w[c];
      } else {
        for (int32_t c = 0; c < channels; ++c) sum += g.in_zero * w[c];
      }
    }
  }
  return sum;
}

TINYC_KERNEL void conv_q8(const ConvQ8& g, const Rows& in, const Rows& out, const int8_t* weights, const int32_t* bias,
                          const int32_t* multiplier, const int32_t* shift, int32_t y0, int32_t y1) {
  const int32_t in_per_group = g.in_c / g.groups;
  const int32_t out_per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * in_per_group;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      for (int32_t o = 0; o < g.out_c; ++o) {
        const int32_t first_c = o / out_per_group * in_per_group;
        const int32_t sum = bias[o] + conv_q8_sum(g, in, weights + o * taps, y, x, first_c);
        const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.ties != 0);
        *to++ = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
      }
    }
  }
}
