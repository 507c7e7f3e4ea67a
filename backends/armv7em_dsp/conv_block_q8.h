// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution on the DSP extension: 4 channels of 2 pixels at a time in registers, read where they lie or, at the
// borders and for channels that fill no word, from windows gathered in scratch.
#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_block_q8 {

constexpr int64_t kFarthest = 4000;  // reach of an address in an instruction, with room for the unrolled loop

// Windows are read where they lie: each of their rows is a piece of whole words.
inline bool is_direct(const ir::Op& op) {
  const Image2d image = conv_image(op);
  return image.in_c % 4 == 0 && image.w.dilation == 1 && image.h.kernel <= kMostWindowRows &&
         image.w.stride * image.in_c <= kFarthest;
}

inline int64_t taps(const Image2d& image) { return image.h.kernel * image.w.kernel * image.in_c; }

inline bool is_pointwise(const Image2d& image) {
  return image.h.kernel == 1 && image.w.kernel == 1 && image.h.stride == 1 && image.w.stride == 1 && !is_padded(image);
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.integer("groups") != 1) return "needs one group";
  const Image2d image = conv_image(op);
  if (image.out_c > kFarthest) return "needs fewer output channels";
  if (!is_direct(op) && taps(image) > kFarthest) return "needs smaller windows";
  return need_block_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  // Pairs of pixels may then lie in two rows, and what the first one reads must stay until both are done.
  if (is_pointwise(image) && image.out_w % 2 == 1 && image.out_h > 1) needs.granule = 2;
  if (!is_direct(op))
    needs.scratch_bytes = 2 * ((taps(image) + 3) / 4 * 4);
  else
    needs.scratch_bytes = window_strips_bytes(image);
  return needs;
}

// Pairs are read as they are; bytes take half the flash and are widened in the loop.
inline std::vector<Variant> variants(const ir::Op&) {
  return {{"pairs", {static_cast<int32_t>(BlockWeights::pairs)}},
          {"bytes", {static_cast<int32_t>(BlockWeights::bytes)}}};
}

inline BlockWeights weights_of(const Variant& variant) { return static_cast<BlockWeights>(variant.parameters[0]); }

inline Built build(const ir::Op& op, const Variant& variant) {
  const bool bytes = weights_of(variant) == BlockWeights::bytes;
  const Image2d image = conv_image(op);
  const BlockRequantization requantization = *block_requantization(op);
  const bool direct = is_direct(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(), {{"in_zero", op.operand_type(0).quant->zero_point()},
                                               {"direct", direct},
                                               {"padded", is_padded(image)},
                                               {"bytes", bytes},
                                               {"flip", static_cast<int32_t>(block_flip(op.operand_type(0)))},
                                               {"offset", requantization.offset},
                                               {"shift", requantization.shift},
                                               {"out_unsigned", is_unsigned_8(op.result_type())}});
  built.constants = {packed("parameters",
                            bytes ? "[out_c / 4]: 4 biases, 4 words of weights per 4 taps, 4 multipliers"
                                  : "[out_c / 4]: 4 biases, 8 words of weight pairs per 4 taps, 4 multipliers",
                            block_parameters(op, direct ? image.h.kernel : 1, weights_of(variant)))};
  return built;
}

// Words that block_dsp<2>() takes per turn of its loop.
inline int64_t block_unroll(int64_t words, BlockWeights form) {
  const std::vector<int64_t> known =
      form == BlockWeights::bytes ? std::vector<int64_t>{4, 3, 2} : std::vector<int64_t>{16, 12, 8, 7, 6, 5, 4, 3, 2};
  for (const int64_t unroll : known) {
    if (words % unroll == 0) return unroll;
  }
  return 1;
}

// Machine code: the unrolled loop for two pixels, for one more where the width is odd, what lies around them, and
// copies of windows that do not lie in the image as they are read.
inline int layer_code_bytes(const ir::Op& op, const Variant& variant) {
  const Image2d image = conv_image(op);
  const bool bytes = weights_of(variant) == BlockWeights::bytes;
  const int64_t words = (taps(image) / (is_direct(op) ? image.h.kernel : 1) + 3) / 4;
  const int64_t unroll = block_unroll(words, weights_of(variant));
  const int64_t odd = image.out_w % 2 == 1 && !is_pointwise(image) ? 80 : 0;
  return static_cast<int>(220 + unroll * ((bytes ? 150 : 120) + odd) + (is_direct(op) && !is_padded(image) ? 0 : 450));
}

// Loops of a block over the pieces of its window and the words of each.
inline double block_loops(const ir::Op& op, BlockWeights form, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const int64_t runs = is_direct(op) ? image.h.kernel : 1;
  const int64_t words = (taps(image) / runs + 3) / 4;
  const int64_t turns = words / block_unroll(words, form);
  const double turn =
      turns > 1 ? static_cast<double>(turns) * (t.load + 3 * t.alu + t.branch) + t.alu + t.store : t.alu;
  const double piece = runs > 1 ? 3 * t.load + 2 * t.alu + t.store + t.branch : 0;
  return static_cast<double>(runs) * (turn + piece);
}

// Per 4 taps and 8 results: 10 loads in 4 groups, 4 preparations (10 for bytes), 16 dual products; per 8 results the
// frame around it.
inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const double prepared = weights_of(variant) == BlockWeights::bytes ? 10 : 4;
  const double block = 4 * (t.load - t.load_next) + 10 * t.load_next + prepared * t.alu + 16 * t.dual_mac;
  const double frame = 18 * t.alu + 14 * t.load + 10 * t.store + 3 * t.branch + block_loops(op, weights_of(variant), t);
  const double pairs = static_cast<double>(image.out_w * image.out_h * op.result_type().shape[0]) / 2;
  const double single = image.out_w % 2 == 1 && !is_pointwise(image) ? 0.25 / static_cast<double>(image.out_w) : 0;
  const auto pieces = static_cast<double>(2 * image.h.kernel);
  const double gather = is_direct(op) ? 0 : static_cast<double>(taps(image)) * (t.load + t.store) + pieces * 30 * t.alu;
  const double words = static_cast<double>((taps(image) + 3) / 4);
  return (1 + single) * pairs * (gather + static_cast<double>(image.out_c / 4) * (words * block + frame));
}

}  // namespace armv7em_dsp_conv_block_q8

inline const KernelDef armv7em_dsp_conv_block_q8_kernel = {
    .name = "conv_block_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit convolution, 4 channels x 2 pixels in registers, weights as 16-bit pairs or bytes",
    .entry = "conv_block_q8",
    .geometry_type = "ConvBlockQ8",
    .loops_over_batch = true,
    .pixels_per_read = 2,
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_block_q8::why_not,
    .variants = armv7em_dsp_conv_block_q8::variants,
    .needs = armv7em_dsp_conv_block_q8::needs,
    .build = armv7em_dsp_conv_block_q8::build,
    .cycles = armv7em_dsp_conv_block_q8::cycles,
    .layer_code_bytes = armv7em_dsp_conv_block_q8::layer_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_block_dsp.h"

// 8-bit convolution with one group, channels last, a multiple of 4 output channels.
struct ConvBlockQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, direct, padded, bytes, flip, offset, shift, out_unsigned;
};

TINYC_KERNEL int32_t conv_block_q8_window(const ConvBlockQ8& g) {
  return (g.kernel_h * g.kernel_w * g.in_c + 3) / 4 * 4;
}

TINYC_KERNEL int32_t conv_block_q8_words(const ConvBlockQ8& g) {
  return g.direct != 0 ? g.kernel_w * g.in_c / 4 : conv_block_q8_window(g) / 4;
}

// From one pixel's window to the next one's.
TINYC_KERNEL int32_t conv_block_q8_between(const ConvBlockQ8& g) {
  return g.direct != 0 ? g.stride_w * g.in_c : conv_block_q8_window(g);
}

// The window of pixel x, its rows side by side.
TINYC_KERNEL void conv_block_q8_gather(const ConvBlockQ8& g, const Rows& in, int32_t y, int32_t x, uint8_t* to) {
  const int32_t run = g.kernel_w * g.in_c;
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    window_strip(g, window_row(g, in, y, ky), x * g.stride_w - g.pad_w, g.kernel_w, g.dilation_w, to + ky * run);
  }
}

template <int pixels>
TINYC_KERNEL void conv_block_q8_pixels(const ConvBlockQ8& g, const Rows& in, int32_t y, int32_t x,
                                       const int32_t* parameters, uint8_t* scratch, uint8_t* to) {
  const int32_t runs = g.direct != 0 ? g.kernel_h : 1;
  const int32_t words = conv_block_q8_words(g);
  const int32_t between = conv_block_q8_between(g);
  const uint8_t* pieces[16];
  if (g.direct != 0) {
    window_pieces(g, in, y, x, pixels, scratch, pieces);
  } else {
    for (int32_t p = 0; p < pixels; ++p) conv_block_q8_gather(g, in, y, x + p, scratch + p * between);
    pieces[0] = scratch;
  }
  for (int32_t o = 0; o < g.out_c; o += 4, parameters += block_dsp_parameters(runs, words, g.bytes)) {
    block_dsp<pixels>(runs, words, g.bytes, between, g.out_c, static_cast<uint32_t>(g.flip), g.offset, g.shift,
                      g.out_unsigned, pieces, parameters, to + o);
  }
}

TINYC_KERNEL void conv_block_q8_row(const ConvBlockQ8& g, const Rows& in, int32_t y, int32_t pixels,
                                    const int32_t* parameters, uint8_t* scratch, uint8_t* to) {
  int32_t x = 0;
  for (; x + 2 <= pixels; x += 2) conv_block_q8_pixels<2>(g, in, y, x, parameters, scratch, to + x * g.out_c);
  if (x < pixels) conv_block_q8_pixels<1>(g, in, y, x, parameters, scratch, to + x * g.out_c);
}

// Each pixel depends on one, and all of them lie side by side: two rows of odd width are a long one of even width.
TINYC_KERNEL bool conv_block_q8_is_flat(const ConvBlockQ8& g, const Rows& in, const Rows& out) {
  const bool pointwise = g.kernel_h == 1 && g.kernel_w == 1 && g.stride_h == 1 && g.stride_w == 1 && g.padded == 0;
  return g.direct != 0 && pointwise && g.out_w % 2 == 1 && in.ring == 0 && out.ring == 0 &&
         in.bytes == g.in_w * g.in_c && out.bytes == g.out_w * g.out_c;
}

TINYC_KERNEL void conv_block_q8(const ConvBlockQ8& g, const Rows& in, const Rows& out, const int32_t* parameters,
                                uint8_t* scratch, int32_t y0, int32_t y1) {
  if (g.direct == 0) {
    memset(scratch, 0, static_cast<size_t>(2 * conv_block_q8_window(g)));  // the last word's rest
  } else if (g.padded != 0) {
    window_padding(g, scratch);
  }
  if (conv_block_q8_is_flat(g, in, out)) {
    for (int32_t y = y0; y < y1; y += 2) {
      const int32_t pixels = y + 1 < y1 ? 2 * g.out_w : g.out_w;
      conv_block_q8_row(g, in, y, pixels, parameters, scratch, row_at(out, y));
    }
    return;
  }
  for (int32_t y = y0; y < y1; ++y) conv_block_q8_row(g, in, y, g.out_w, parameters, scratch, row_at(out, y));
}
