// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution on the DSP extension without scratch: two output channels of two pixels at a time, pixels widened
// in registers. Slower than conv_q8, for plans in which its windows of 16-bit pixels would raise the peak.
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_q8_direct {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.integer("groups") != 1) return "needs one group";
  if (op.operand_type(1).shape.back() % 4 != 0) return "needs a multiple of 4 input channels";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8);
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
  built.constants = {packed("weights", "[out_c][kernel_h][kernel_w][in_c], zero points taken off",
                            padded_lines(centred_weights(op), image.out_c)),
                     packed("bias", "with the input's zero point folded in", requantization.bias),
                     packed("multiplier", "per output channel", requantization.multiplier),
                     packed("shift", "per output channel", requantization.shift)};
  return built;
}

// Per 4 channels of a tap, 2 output channels and 2 pixels: four words extended twice each, eight dual products; per tap
// its place in the image.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const double run = 14 * t.alu / (4 * static_cast<double>(op.operand_type(1).shape.back()));
  const double per_mac = (2 * t.load + 2 * t.load_next + 8 * t.alu + 8 * t.dual_mac + 4 * t.alu) / 16;
  // Measured: spilled registers nearly double it.
  return layer_cycles(op, 1.8 * (per_mac + run), t.mul_wide + 2 * t.load + t.store + 10 * t.alu);
}

}  // namespace armv7em_dsp_conv_q8_direct

inline const KernelDef armv7em_dsp_conv_q8_direct_kernel = {
    .name = "conv_q8_direct",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit convolution without scratch, 2 channels x 2 pixels at a time",
    .entry = "conv_q8_direct_dsp",
    .geometry_type = "ConvQ8DirectDsp",
    .loops_over_batch = true,
    .mean_code_bytes = 420,
    .pixels_per_read = 2,
    .why_not = armv7em_dsp_conv_q8_direct::why_not,
    .needs = armv7em_dsp_conv_q8_direct::needs,
    .build = armv7em_dsp_conv_q8_direct::build,
    .cycles = armv7em_dsp_conv_q8_direct::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_dsp.h"

// 8-bit convolution with one group and a multiple of 4 input channels, channels last.
struct ConvQ8DirectDsp {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t zero_word, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

// Adds the products of one tap, in_c channels, for two pixels and `lanes` (1 or 2) output channels whose weights lie
// `line` apart. A pixel in the padding is nullptr.
template <int lanes>
TINYC_KERNEL void conv_q8_direct_dsp_tap(const ConvQ8DirectDsp& g, const uint8_t* left, const uint8_t* right,
                                         const int8_t* w, int32_t line, int32_t (*sums)[2]) {
  const bool is_unsigned = g.in_unsigned != 0;
  for (int32_t c = 0; c < g.in_c; c += 4) {
    const uint32_t a = left == nullptr ? static_cast<uint32_t>(g.zero_word) : load_word(left + c);
    const uint32_t b = right == nullptr ? static_cast<uint32_t>(g.zero_word) : load_word(right + c);
    const uint32_t a_even = extend_even(a, is_unsigned);
    const uint32_t a_odd = extend_odd(a, is_unsigned);
    const uint32_t b_even = extend_even(b, is_unsigned);
    const uint32_t b_odd = extend_odd(b, is_unsigned);
    for (int lane = 0; lane < lanes; ++lane) {
      const uint32_t word = load_word(w + lane * line + c);
      sums[lane][0] = dot_4(a_even, a_odd, word, sums[lane][0]);
      sums[lane][1] = dot_4(b_even, b_odd, word, sums[lane][1]);
    }
  }
}

// Output channels o to o + lanes - 1 of pixels x and x + 1 of row y; the second is dropped beyond the row's end.
template <int lanes>
TINYC_KERNEL void conv_q8_direct_dsp_block(const ConvQ8DirectDsp& g, const Rows& in, const int8_t* weights,
                                           const int32_t* bias, const int32_t* multiplier, const int32_t* shift,
                                           uint8_t* to, int32_t y, int32_t x, int32_t o) {
  const int32_t line = g.kernel_h * g.kernel_w * g.in_c;
  const int8_t* w = weights + o * line;
  int32_t sums[lanes][2];
  for (int lane = 0; lane < lanes; ++lane) sums[lane][0] = sums[lane][1] = bias[o + lane];
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
    const bool inside = iy >= 0 && iy < g.in_h;
    const uint8_t* row = inside ? row_at(in, iy) : nullptr;
    for (int32_t kx = 0; kx < g.kernel_w; ++kx, w += g.in_c) {
      const int32_t ix = x * g.stride_w - g.pad_w + kx * g.dilation_w;
      const int32_t next = ix + g.stride_w;
      const uint8_t* left = inside && ix >= 0 && ix < g.in_w ? row + ix * g.in_c : nullptr;
      const uint8_t* right = inside && next >= 0 && next < g.in_w ? row + next * g.in_c : nullptr;
      conv_q8_direct_dsp_tap<lanes>(g, left, right, w, line, sums);
    }
  }
  const int32_t pixels = x + 1 < g.out_w ? 2 : 1;
  for (int32_t pixel = 0; pixel < pixels; ++pixel) {
    for (int lane = 0; lane < lanes; ++lane) {
      const int32_t value =
          g.out_zero + requantize(sums[lane][pixel], multiplier[o + lane], shift[o + lane], g.rounding);
      to[pixel * g.out_c + o + lane] = static_cast<uint8_t>(clamp_s32(value, g.low, g.high));
    }
  }
}

TINYC_KERNEL void conv_q8_direct_dsp(const ConvQ8DirectDsp& g, const Rows& in, const Rows& out, const int8_t* weights,
                                     const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int32_t y0,
                                     int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; x += 2, to += 2 * g.out_c) {
      int32_t o = 0;
      for (; o + 2 <= g.out_c; o += 2) {
        conv_q8_direct_dsp_block<2>(g, in, weights, bias, multiplier, shift, to, y, x, o);
      }
      if (o < g.out_c) conv_q8_direct_dsp_block<1>(g, in, weights, bias, multiplier, shift, to, y, x, o);
    }
  }
}
