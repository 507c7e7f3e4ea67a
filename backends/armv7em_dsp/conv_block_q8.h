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
  if (!is_direct(op) && (taps(image) > kFarthest || image.h.kernel > 16)) return "needs smaller windows";
  return need_block_layer(op);
}

// A variant's parameters: the form of its weights, whether all layers call one function, and whether input is turned
// into even unsigned and odd signed bytes once, in scratch, instead of by each block.
inline BlockWeights weights_of(const Variant& variant) { return static_cast<BlockWeights>(variant.parameters[0]); }
inline bool is_shared(const Variant& variant) { return variant.parameters[1] != 0; }
inline bool is_flipped(const Variant& variant) { return variant.parameters[2] != 0; }

inline Needs needs(const ir::Op& op, const Variant& variant) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  // Pairs of pixels may then lie in two rows, and what the first one reads must stay until both are done.
  if (is_pointwise(image) && image.out_w % 2 == 1 && image.out_h > 1) needs.granule = 2;
  if (is_flipped(variant))
    needs.scratch_bytes = 2 * image.in_c;
  else if (!is_direct(op))
    needs.scratch_bytes = 2 * ((taps(image) + 3) / 4 * 4);
  else
    needs.scratch_bytes = window_strips_bytes(image);
  return needs;
}

// Pairs are read as they are; bytes take half the flash and are widened in the loop.
inline std::vector<Variant> variants(const ir::Op& op) {
  constexpr auto pairs = static_cast<int32_t>(BlockWeights::pairs);
  constexpr auto bytes = static_cast<int32_t>(BlockWeights::bytes);
  if (!is_direct(op)) return {{"pairs", {pairs, 0, 0}}, {"bytes", {bytes, 0, 0}}};
  std::vector<Variant> all{{"pairs", {pairs, 0, 0}},
                           {"bytes", {bytes, 0, 0}},
                           {"shared pairs", {pairs, 1, 0}},
                           {"shared bytes", {bytes, 1, 0}}};
  const Image2d image = conv_image(op);
  if (image.h.kernel == 1 && image.w.kernel == 1 && !is_padded(image)) all.push_back({"flipped pairs", {pairs, 0, 1}});
  return all;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const bool bytes = weights_of(variant) == BlockWeights::bytes;
  const Image2d image = conv_image(op);
  const bool direct = is_direct(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(), {{"in_zero", op.operand_type(0).quant->zero_point()},
                                               {"direct", direct},
                                               {"padded", is_padded(image)},
                                               {"bytes", bytes},
                                               {"shared", is_shared(variant)},
                                               {"flipped", is_flipped(variant)},
                                               {"flip", static_cast<int32_t>(block_flip(op.operand_type(0)))}});
  add_block_results(op, built.geometry);
  built.constants = {packed("parameters",
                            bytes ? "[out_c / 4]: 4 biases, 4 words of weights per 4 taps, 4 multipliers"
                                  : "[out_c / 4]: 4 biases, 8 words of weight pairs per 4 taps, 4 multipliers",
                            block_parameters(op, direct ? image.h.kernel : 1, weights_of(variant)))};
  return built;
}

// Words that block_dsp<2>() takes per turn of its loop.
inline int64_t block_unroll(int64_t words, BlockWeights form) {
  return unrolled(words, form == BlockWeights::bytes ? 4 : 16);
}

// Machine code: the unrolled loop for two pixels, for one more where the width is odd, what lies around them, and
// copies of windows that do not lie in the image as they are read.
inline int layer_code_bytes(const ir::Op& op, const Variant& variant) {
  if (is_shared(variant)) return 70;
  const Image2d image = conv_image(op);
  const bool bytes = weights_of(variant) == BlockWeights::bytes;
  const int64_t words = (taps(image) / (is_direct(op) ? image.h.kernel : 1) + 3) / 4;
  const int64_t unroll = block_unroll(words, weights_of(variant));
  const int64_t odd = image.out_w % 2 == 1 && !is_pointwise(image) ? 80 : 0;
  return static_cast<int>(220 + unroll * ((bytes ? 150 : 120) + odd) + (is_direct(op) && !is_padded(image) ? 0 : 450));
}

inline int shared_code_bytes(const Variant& variant) {
  if (!is_shared(variant)) return 0;
  return weights_of(variant) == BlockWeights::bytes ? 1800 : 1700;
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

// One function for all layers: a load more per 4 taps, half a turn of the loop, shapes and pieces in memory.
inline double shared_cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const double prepared = weights_of(variant) == BlockWeights::bytes ? 10 : 4;
  const double turn = (t.load + t.alu + t.branch) / 2;
  const double word = 4 * (t.load - t.load_next) + 11 * t.load_next + prepared * t.alu + 16 * t.dual_mac + turn;
  const double frame = 28 * t.alu + 8 * t.load + 8 * t.load_next + 10 * t.store + t.branch;
  const double piece = 4 * t.load + 4 * t.alu + 2 * t.store + t.branch;
  const auto rows = static_cast<double>(image.h.kernel);
  const double block = rows * (static_cast<double>(image.w.kernel * image.in_c / 4) * word + piece) + frame;
  const double pixels = 45 * t.alu + 14 * t.load + 20 * t.store + rows * (12 * t.alu + t.load + 2 * t.branch);
  const auto columns = static_cast<double>(is_pointwise(image) ? image.out_w : (image.out_w + 1) / 2 * 2);
  const double pairs = columns * static_cast<double>(image.out_h * op.result_type().shape[0]) / 2;
  return pairs * (pixels + static_cast<double>(image.out_c / 4) * block);
}

// Positions along an axis whose windows lie in the image.
inline double inner_share(const ir::Window& axis, int64_t in, int64_t out) {
  int64_t inner = 0;
  for (int64_t x = 0; x < out; ++x) {
    const int64_t left = x * axis.stride - axis.pad_begin;
    inner += left >= 0 && left + (axis.kernel - 1) * axis.dilation < in;
  }
  return static_cast<double>(inner) / static_cast<double>(out);
}

// Two windows: a few words per row, or pixel by pixel where a part lies in the padding.
inline double gather_cycles(const Image2d& image, const CoreTiming& t) {
  const auto run = static_cast<double>(image.w.kernel * image.in_c);
  const double row = (run / 4 + 1) * (t.load_next + t.store) + t.load + 8 * t.alu;
  const double edge = run * (t.load + t.store) + 30 * t.alu;
  const double inner = inner_share(image.h, image.in_h, image.out_h) * inner_share(image.w, image.in_w, image.out_w);
  return static_cast<double>(2 * image.h.kernel) * (inner * row + (1 - inner) * edge) + 40 * t.alu;
}

// Per 4 taps and 8 results: 10 loads in 4 groups, 4 preparations (10 for bytes), 16 dual products; per 8 results the
// frame around it.
inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  if (is_shared(variant)) return shared_cycles(op, variant, t);
  const Image2d image = conv_image(op);
  const double prepared = weights_of(variant) == BlockWeights::bytes ? 10 : is_flipped(variant) ? 2 : 4;
  const double block = 4 * (t.load - t.load_next) + 10 * t.load_next + prepared * t.alu + 16 * t.dual_mac;
  const double frame =
      22 * t.alu + 3 * t.load + 7 * t.load_next + 9 * t.store + t.branch + block_loops(op, weights_of(variant), t);
  const double pairs = static_cast<double>(image.out_w * image.out_h * op.result_type().shape[0]) / 2;
  const double single = image.out_w % 2 == 1 && !is_pointwise(image) ? 0.25 / static_cast<double>(image.out_w) : 0;
  const double flip = static_cast<double>(image.in_c / 2) * (t.load_next + 2.5 * t.alu + t.store) + 20 * t.alu;
  const double gather = is_flipped(variant) ? flip : is_direct(op) ? 0 : gather_cycles(image, t);
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
    .shared_code_bytes = armv7em_dsp_conv_block_q8::shared_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include <string.h>

#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_shared_block_dsp.h"

// 8-bit convolution with one group, channels last, a multiple of 4 output channels.
struct ConvBlockQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, direct, padded, bytes, shared, flipped, flip, offset, shift, out_unsigned;
};

TINYC_KERNEL int32_t conv_block_q8_window(const ConvBlockQ8& g) {
  return (g.kernel_h * g.kernel_w * g.in_c + 3) / 4 * 4;
}

TINYC_KERNEL int32_t conv_block_q8_words(const ConvBlockQ8& g) {
  return g.direct != 0 ? g.kernel_w * g.in_c / 4 : conv_block_q8_window(g) / 4;
}

// From one pixel's window to the next one's.
TINYC_KERNEL int32_t conv_block_q8_between(const ConvBlockQ8& g) {
  return g.direct != 0 && g.flipped == 0 ? g.stride_w * g.in_c : conv_block_q8_window(g);
}

// The window of pixel x, its rows side by side: from `rows` where all of it lies in the image.
TINYC_KERNEL void conv_block_q8_gather(const ConvBlockQ8& g, const uint8_t* const* rows, bool whole, int32_t x,
                                       uint8_t* to) {
  const int32_t run = g.kernel_w * g.in_c;
  const int32_t left = x * g.stride_w - g.pad_w;
  if (whole && left >= 0 && left + g.kernel_w <= g.in_w) {
    const int32_t at = left * g.in_c;
    window_copy(to, rows[0] + at, run);
    if (g.kernel_h > 1) window_copy(to + run, rows[1] + at, run);
    if (g.kernel_h > 2) window_copy(to + 2 * run, rows[2] + at, run);
    for (int32_t ky = 3; ky < g.kernel_h; ++ky) window_copy(to + ky * run, rows[ky] + at, run);
    return;
  }
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) window_strip(g, rows[ky], left, g.kernel_w, g.dilation_w, to + ky * run);
}

TINYC_KERNEL void conv_block_q8_flip(const uint8_t* from, int32_t words, uint32_t flip, uint8_t* to) {
  int32_t k = 0;
  for (; k + 4 <= words; k += 4, from += 16, to += 16) {
    const uint32_t a = load_word(from) ^ flip;
    const uint32_t b = load_word(from + 4) ^ flip;
    const uint32_t c = load_word(from + 8) ^ flip;
    const uint32_t d = load_word(from + 12) ^ flip;
    store_word(to, a);
    store_word(to + 4, b);
    store_word(to + 8, c);
    store_word(to + 12, d);
  }
  for (; k < words; ++k, from += 4, to += 4) store_word(to, load_word(from) ^ flip);
}

// rows, whole: of the windows that are gathered.
template <int pixels>
TINYC_KERNEL void conv_block_q8_pixels(const ConvBlockQ8& g, const Rows& in, const uint8_t* const* rows, bool whole,
                                       int32_t y, int32_t x, const int32_t* parameters, uint8_t* scratch, uint8_t* to) {
  const int32_t runs = g.direct != 0 ? g.kernel_h : 1;
  const int32_t words = conv_block_q8_words(g);
  const int32_t between = conv_block_q8_between(g);
  const uint8_t* pieces[16];
  if (g.flipped != 0) {
    const uint8_t* from = row_at(in, y * g.stride_h) + x * g.stride_w * g.in_c;
    for (int32_t p = 0; p < pixels; ++p)
      conv_block_q8_flip(from + p * g.stride_w * g.in_c, words, static_cast<uint32_t>(g.flip), scratch + p * between);
    pieces[0] = scratch;
  } else if (g.direct != 0) {
    window_pieces(g, in, y, x, pixels, scratch, pieces);
  } else {
    for (int32_t p = 0; p < pixels; ++p) conv_block_q8_gather(g, rows, whole, x + p, scratch + p * between);
    pieces[0] = scratch;
  }
  const uint32_t flip = g.flipped != 0 ? 0 : static_cast<uint32_t>(g.flip);
  block_dsp<pixels>(runs, words, g.bytes, between, g.out_c, flip, g.offset, g.shift, g.out_unsigned, g.out_c / 4,
                    pieces, parameters, to);
}

TINYC_KERNEL void conv_block_q8_row(const ConvBlockQ8& g, const Rows& in, int32_t y, int32_t pixels,
                                    const int32_t* parameters, uint8_t* scratch, uint8_t* to) {
  const uint8_t* rows[16] = {};
  bool whole = g.dilation_w == 1;
  for (int32_t ky = 0; g.direct == 0 && ky < g.kernel_h; ++ky) {
    rows[ky] = window_row(g, in, y, ky);
    whole = whole && rows[ky] != nullptr;
  }
  int32_t x = 0;
  for (; x + 2 <= pixels; x += 2)
    conv_block_q8_pixels<2>(g, in, rows, whole, y, x, parameters, scratch, to + x * g.out_c);
  if (x < pixels) conv_block_q8_pixels<1>(g, in, rows, whole, y, x, parameters, scratch, to + x * g.out_c);
}

// Each pixel depends on one, and all of them lie side by side: two rows of odd width are a long one of even width.
TINYC_KERNEL bool conv_block_q8_is_flat(const ConvBlockQ8& g, const Rows& in, const Rows& out) {
  const bool pointwise = g.kernel_h == 1 && g.kernel_w == 1 && g.stride_h == 1 && g.stride_w == 1 && g.padded == 0;
  return g.direct != 0 && pointwise && g.out_w % 2 == 1 && in.ring == 0 && out.ring == 0 &&
         in.bytes == g.in_w * g.in_c && out.bytes == g.out_w * g.out_c;
}

// One function for all layers. The last pixel of an odd number is computed twice, at the same place.
template <bool bytes, bool in_unsigned, bool out_unsigned>
TINYC_SHARED void conv_block_q8_shared(const ConvBlockQ8& g, const Rows& in, const Rows& out, const int32_t* parameters,
                                       uint8_t* scratch, int32_t y0, int32_t y1) {
  const uint8_t* pieces[17];
  SharedBlock block = {pieces, 0, 0, g.kernel_w * g.in_c, g.offset, g.shift, g.out_c / 4};
  if (g.padded != 0) window_padding(g, scratch);
  const int32_t step = conv_block_q8_is_flat(g, in, out) ? 2 : 1;
  for (int32_t y = y0; y < y1; y += step) {
    const int32_t pixels = y + step <= y1 ? step * g.out_w : g.out_w;
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < pixels; x += 2, to += 2 * g.out_c) {
      const int32_t two = x + 1 < pixels;
      block.between = two * g.stride_w * g.in_c;
      block.results = two * g.out_c;
      window_pieces(g, in, y, x, 1 + two, scratch, pieces);
      shared_block_dsp(bytes, in_unsigned ? 0x80008000u : 0x00800080u, out_unsigned, block, parameters, to);
    }
  }
}

TINYC_KERNEL void conv_block_q8(const ConvBlockQ8& g, const Rows& in, const Rows& out, const int32_t* parameters,
                                uint8_t* scratch, int32_t y0, int32_t y1) {
  if (g.shared != 0) {
    as_constant(g.bytes != 0, [&](auto bytes) TINYC_INLINE {
      as_constant(static_cast<uint32_t>(g.flip) == 0x80008000u, [&](auto from) TINYC_INLINE {
        as_constant(g.out_unsigned != 0, [&](auto to) TINYC_INLINE {
          conv_block_q8_shared<decltype(bytes)::value, decltype(from)::value, decltype(to)::value>(
              g, in, out, parameters, scratch, y0, y1);
        });
      });
    });
    return;
  }
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
