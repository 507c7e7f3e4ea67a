// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution on the DSP extension: the windows of two pixels are widened to 16 bits in scratch, then two output
// channels at a time are computed for both.
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_q8 {

inline int64_t taps(const ir::Op& op) {
  const ir::Type& w = op.operand_type(1);
  return (w.elements() / w.shape[0] + 3) / 4 * 4;
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.integer("groups") != 1) return "needs one group";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  needs.scratch_bytes = 2 * taps(op) * 2;
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(), {{"in_zero", op.operand_type(0).quant->zero_point()},
                                               {"out_zero", op.result_type().quant->zero_point()},
                                               {"low", clamp.low},
                                               {"high", clamp.high},
                                               {"in_unsigned", is_unsigned_8(op.operand_type(0))},
                                               {"rounding", requantization.rounding}});
  built.constants = {packed("weights", "[out_c][kernel_h * kernel_w * in_c padded to 4], zero points taken off",
                            padded_lines(centred_weights(op), image.out_c)),
                     packed("bias", "with the input's zero point folded in", requantization.bias),
                     packed("multiplier", "per output channel", requantization.multiplier),
                     packed("shift", "per output channel", requantization.shift)};
  return built;
}

// Per 4 taps, 2 channels and 2 pixels: two words of weights extended twice each, four words of pixels, eight dual
// products.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const double widen = (t.load + 2 * t.store + 6 * t.alu) / 4;
  const double per_mac = (2 * t.load + 4 * t.load_next + 4 * t.alu + 8 * t.dual_mac + 4 * t.alu) / 16;
  const double widened = static_cast<double>(taps(op) * op.result_type().elements() / op.result_type().shape.back());
  // Measured: spilled registers more than double it.
  return widened * widen + layer_cycles(op, 2.3 * per_mac, t.mul_wide + 2 * t.load + t.store + 10 * t.alu);
}

}  // namespace armv7em_dsp_conv_q8

inline const KernelDef armv7em_dsp_conv_q8_kernel = {
    .name = "conv_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit convolution, 2 channels x 2 pixels at a time with dual multiply-accumulate",
    .entry = "conv_q8_dsp",
    .geometry_type = "ConvQ8Dsp",
    .loops_over_batch = true,
    .mean_code_bytes = 630,
    .pixels_per_read = 2,
    .why_not = armv7em_dsp_conv_q8::why_not,
    .needs = armv7em_dsp_conv_q8::needs,
    .build = armv7em_dsp_conv_q8::build,
    .cycles = armv7em_dsp_conv_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_dsp.h"

// 8-bit convolution with one group, channels last.
struct ConvQ8Dsp {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL int32_t conv_q8_dsp_taps(const ConvQ8Dsp& g) { return (g.kernel_h * g.kernel_w * g.in_c + 3) / 4 * 4; }

// Tap k of a window lies in its group of four as extend_even and extend_odd order them: 0, 2, 1, 3.
TINYC_KERNEL void conv_q8_dsp_put(int16_t* window, int32_t k, int32_t value) {
  window[(k & ~3) + ((k & 1) << 1) + ((k >> 1) & 1)] = static_cast<int16_t>(value);
}

// Widens `count` values (from nullptr: padding) to taps k, k + 1, ...; returns the tap after them.
TINYC_KERNEL int32_t conv_q8_dsp_widen(const ConvQ8Dsp& g, const uint8_t* from, int32_t count, int16_t* window,
                                       int32_t k) {
  const bool is_unsigned = g.in_unsigned != 0;
  const int32_t grouped = from != nullptr && (k & 3) == 0 ? count / 4 * 4 : 0;
  for (int32_t i = 0; i < grouped; i += 4) {
    const uint32_t word = load_word(from + i);
    store_word(window + k + i, extend_even(word, is_unsigned));
    store_word(window + k + i + 2, extend_odd(word, is_unsigned));
  }
  if (grouped == count) return k + count;
  for (int32_t i = grouped; i < count; ++i) {
    conv_q8_dsp_put(window, k + i, from == nullptr ? g.in_zero : load_8(from, i, is_unsigned));
  }
  return k + count;
}

// The window of output pixel (y, x), padding as the zero point, the last group of four filled up with zeros.
TINYC_KERNEL void conv_q8_dsp_window(const ConvQ8Dsp& g, const Rows& in, int32_t y, int32_t x, int16_t* window) {
  const int32_t left = x * g.stride_w - g.pad_w;
  const bool whole_run = g.dilation_w == 1 && left >= 0 && left + g.kernel_w <= g.in_w;
  int32_t k = 0;
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
    const bool inside = iy >= 0 && iy < g.in_h;
    const uint8_t* row = inside ? row_at(in, iy) : nullptr;
    if (!inside || whole_run) {
      k = conv_q8_dsp_widen(g, inside ? row + left * g.in_c : nullptr, g.kernel_w * g.in_c, window, k);
      continue;
    }
    for (int32_t kx = 0; kx < g.kernel_w; ++kx) {
      const int32_t ix = left + kx * g.dilation_w;
      k = conv_q8_dsp_widen(g, ix >= 0 && ix < g.in_w ? row + ix * g.in_c : nullptr, g.in_c, window, k);
    }
  }
  for (; (k & 3) != 0; ++k) conv_q8_dsp_put(window, k, 0);
}

// All output channels of `pixels` (1 or 2) windows that follow each other.
template <int pixels>
TINYC_KERNEL void conv_q8_dsp_pixels(const ConvQ8Dsp& g, const int16_t* windows, const int8_t* weights,
                                     const int32_t* bias, const int32_t* multiplier, const int32_t* shift,
                                     uint8_t* to) {
  const int32_t taps = conv_q8_dsp_taps(g);
  const auto put = [&](int32_t pixel, int32_t o, int32_t sum) {
    const int32_t value = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
    to[pixel * g.out_c + o] = static_cast<uint8_t>(clamp_s32(value, g.low, g.high));
  };
  int32_t o = 0;
  for (; o + 2 <= g.out_c; o += 2) {
    int32_t a[2] = {bias[o], bias[o]};
    int32_t b[2] = {bias[o + 1], bias[o + 1]};
    const int8_t* w = weights + o * taps;
    for (int32_t k = 0; k < taps; k += 4) {
      const uint32_t wa = load_word(w + k);
      const uint32_t wb = load_word(w + taps + k);
      for (int p = 0; p < pixels; ++p) {
        const uint32_t even = load_word(windows + p * taps + k);
        const uint32_t odd = load_word(windows + p * taps + k + 2);
        a[p] = dot_4(even, odd, wa, a[p]);
        b[p] = dot_4(even, odd, wb, b[p]);
      }
    }
    for (int p = 0; p < pixels; ++p) {
      put(p, o, a[p]);
      put(p, o + 1, b[p]);
    }
  }
  for (; o < g.out_c; ++o) {
    for (int p = 0; p < pixels; ++p) {
      int32_t sum = bias[o];
      for (int32_t k = 0; k < taps; k += 4) {
        sum = dot_4(load_word(windows + p * taps + k), load_word(windows + p * taps + k + 2),
                    load_word(weights + o * taps + k), sum);
      }
      put(p, o, sum);
    }
  }
}

TINYC_KERNEL void conv_q8_dsp(const ConvQ8Dsp& g, const Rows& in, const Rows& out, const int8_t* weights,
                              const int32_t* bias, const int32_t* multiplier, const int32_t* shift, uint8_t* scratch,
                              int32_t y0, int32_t y1) {
  int16_t* windows = static_cast<int16_t*>(static_cast<void*>(scratch));
  const int32_t taps = conv_q8_dsp_taps(g);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    int32_t x = 0;
    for (; x + 2 <= g.out_w; x += 2, to += 2 * g.out_c) {
      conv_q8_dsp_window(g, in, y, x, windows);
      conv_q8_dsp_window(g, in, y, x + 1, windows + taps);
      conv_q8_dsp_pixels<2>(g, windows, weights, bias, multiplier, shift, to);
    }
    if (x < g.out_w) {
      conv_q8_dsp_window(g, in, y, x, windows);
      conv_q8_dsp_pixels<1>(g, windows, weights, bias, multiplier, shift, to);
    }
  }
}
