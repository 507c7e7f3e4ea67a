// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution: 4 channels of one or two pixels at a time in registers.
#include "backends/kernel_block.h"
#include "backends/kernel_tile.h"

namespace tinyc {
namespace portable_conv_tile_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.integer("groups") != 1) return "needs one group";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  const Image2d image = conv_image(op);
  if (image.out_c % 4 != 0) return "needs a multiple of 4 output channels";
  if (image.w.dilation != 1 || image.h.kernel > kMostWindowRows) return "needs windows without gaps, of up to 15 rows";
  return need_integer_layer(op, 8);
}

inline Needs needs(const ir::Op& op, const Variant& variant) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  needs.scratch_bytes = window_strips_bytes(image);
  if (tile_in_pairs(variant))
    needs.scratch_bytes += 4 * in_whole_blocks(image.h.kernel * image.w.kernel * image.in_c);
  return needs;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(), {{"padded", is_padded(image)}, {"pairs", tile_in_pairs(variant)}});
  add_tile_parameters(built, op, variant);
  return built;
}

inline std::vector<Variant> variants(const ir::Op& op) {
  std::vector<Variant> all = tile_variants();
  const Image2d image = conv_image(op);
  if (image.h.kernel * image.w.kernel * image.in_c <= kMostPairedTaps && block_requantization(op)) {
    all.push_back({"two windows in one register", {2, 0, 1}});
    all.push_back({"two windows in one register, for small cores", {2, 1, 1}});
  }
  return all;
}

inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  return tile_cycles(op, variant, t);
}

}  // namespace portable_conv_tile_q8

inline const KernelDef portable_conv_tile_q8_kernel = {
    .name = "conv_tile_q8",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit convolution, 4 channels of 1 or 2 pixels in registers",
    .entry = "conv_tile_q8",
    .geometry_type = "ConvTileQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 1150,
    .pixels_per_read = 2,
    .tflite_rounding = true,
    .why_not = portable_conv_tile_q8::why_not,
    .variants = portable_conv_tile_q8::variants,
    .needs = portable_conv_tile_q8::needs,
    .build = portable_conv_tile_q8::build,
    .cycles = portable_conv_tile_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/tile_pairs_q8.h"
#include "backends/portable/shared/tile_q8.h"
#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_kernel.h"

// 8-bit convolution with one group, channels last, a multiple of 4 output channels.
struct ConvTileQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t padded, pairs;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
  int32_t windows, small, merged, offset, merged_shift, out_unsigned;
};

// Pixels x to x + windows - 1 of row y.
TINYC_KERNEL void conv_tile_q8_pixels(const ConvTileQ8& g, const Rows& in, int32_t y, int32_t x, int32_t windows,
                                      const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                      const int32_t* shift, uint8_t* scratch, uint8_t* to) {
  const int32_t run = g.kernel_w * g.in_c;
  const int32_t between = g.stride_w * g.in_c;
  const bool is_unsigned = g.in_unsigned != 0;
  const uint8_t* pieces[16];
  window_pieces(g, in, y, x, windows, scratch, pieces);
  int32_t excess = 0;
  for (int32_t ky = 0; g.small != 0 && ky < g.kernel_h; ++ky) excess += tile_q8_excess(pieces[ky], run, is_unsigned);
  for (int32_t o = 0; o < g.out_c; o += 4) {
    TileSums s = {excess, excess, excess, excess, 0, 0, 0, 0};
    for (int32_t ky = 0; ky < g.kernel_h; ++ky, weights += 4 * run)
      tile_q8_run(s, pieces[ky], between, windows, is_unsigned, weights, g.small != 0, run);
    tile_q8_results(g, s, windows, bias, multiplier, shift, o, g.out_c, to + o);
  }
}

// Words of the windows: whole blocks of 4.
TINYC_KERNEL int32_t conv_tile_q8_words(const ConvTileQ8& g) { return (g.kernel_h * g.kernel_w * g.in_c + 3) / 4 * 4; }

// The same with both windows in the halves of words, which lie before the strips in scratch.
TINYC_KERNEL void conv_tile_q8_pair(const ConvTileQ8& g, const Rows& in, int32_t y, int32_t x, int32_t windows,
                                    const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                    const int32_t* shift, uint8_t* scratch, uint8_t* strips, uint8_t* to) {
  const int32_t run = g.kernel_w * g.in_c;
  const int32_t between = windows == 2 ? g.stride_w * g.in_c : 0;
  auto* words = static_cast<uint32_t*>(static_cast<void*>(scratch));
  const uint8_t* pieces[16];
  window_pieces(g, in, y, x, windows, strips, pieces);
  int32_t excess[2] = {0, 0};
  for (int32_t ky = 0; ky < g.kernel_h; ++ky)
    tile_pairs_q8_pack(pieces[ky], between, windows, g.in_unsigned != 0, run, words + ky * run, excess);
  const int32_t end = conv_tile_q8_words(g);
  for (int32_t k = g.kernel_h * run; k < end; ++k) words[k] = 0;
  for (int32_t o = 0; o < g.out_c; o += 4) {
    TilePairs pairs = tile_pairs_q8_start(excess);
    tile_pairs_q8_run(pairs, words, weights, windows, end);
    tile_q8_results(g, tile_pairs_q8_sums(pairs), windows, bias, multiplier, shift, o, g.out_c, to + o);
  }
}

TINYC_KERNEL void conv_tile_q8_pairs(const ConvTileQ8& g, const Rows& in, int32_t y, const int8_t* weights,
                                     const int32_t* bias, const int32_t* multiplier, const int32_t* shift,
                                     uint8_t* scratch, uint8_t* strips, uint8_t* to) {
  int32_t x = 0;
  for (; x + 2 <= g.out_w; x += 2)
    conv_tile_q8_pair(g, in, y, x, 2, weights, bias, multiplier, shift, scratch, strips, to + x * g.out_c);
  if (x < g.out_w)
    conv_tile_q8_pair(g, in, y, x, 1, weights, bias, multiplier, shift, scratch, strips, to + x * g.out_c);
}

TINYC_KERNEL void conv_tile_q8(const ConvTileQ8& g, const Rows& in, const Rows& out, const int8_t* weights,
                               const int32_t* bias, const int32_t* multiplier, const int32_t* shift, uint8_t* scratch,
                               int32_t y0, int32_t y1) {
  uint8_t* strips = g.pairs != 0 ? scratch + 4 * conv_tile_q8_words(g) : scratch;
  if (g.padded != 0) window_padding(g, strips);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    if (g.pairs != 0) {
      conv_tile_q8_pairs(g, in, y, weights, bias, multiplier, shift, scratch, strips, to);
      continue;
    }
    int32_t x = 0;
    for (; g.windows == 2 && x + 2 <= g.out_w; x += 2)
      conv_tile_q8_pixels(g, in, y, x, 2, weights, bias, multiplier, shift, scratch, to + x * g.out_c);
    for (; x < g.out_w; ++x)
      conv_tile_q8_pixels(g, in, y, x, 1, weights, bias, multiplier, shift, scratch, to + x * g.out_c);
  }
}
