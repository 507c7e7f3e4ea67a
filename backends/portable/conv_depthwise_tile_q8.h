// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit depthwise convolution: 4 channels of a pixel at a time in registers, without looking for borders.
#include "backends/kernel_tile.h"

namespace tinyc {
namespace portable_conv_depthwise_tile_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  const Image2d image = conv_image(op);
  if (!is_depthwise(op) || image.in_c != image.out_c) return "needs one output channel per input channel";
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (image.out_c % 4 != 0) return "needs a multiple of 4 channels";
  if (image.w.dilation != 1 || image.h.kernel > kMostWindowRows) return "needs windows without gaps, of up to 15 rows";
  return need_integer_layer(op, 8);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  needs.scratch_bytes = window_strips_bytes(image);
  return needs;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.push_back({"padded", is_padded(image)});
  add_tile_parameters(built, op, variant);
  return built;
}

inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const double signed_load = std::max(t.load_signed - t.load, 0.0) + t.load_next;
  const double high = tile_high_cycles(variant, t);
  // A third more than its instructions alone: addresses and spills (measured on VWW, Cortex-M0, M3 and M4).
  const double tap = 1.3 * (2 * signed_load + t.mla + t.alu / 2);
  return layer_cycles(op, tap, high + t.store + 2 * t.load_next + 8 * t.alu);
}

inline std::vector<Variant> variants(const ir::Op&) { return {{"", {1, 0, 0}}, {"for small cores", {1, 1, 0}}}; }

}  // namespace portable_conv_depthwise_tile_q8

inline const KernelDef portable_conv_depthwise_tile_q8_kernel = {
    .name = "conv_depthwise_tile_q8",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit depthwise convolution, 4 channels in registers",
    .entry = "conv_depthwise_tile_q8",
    .geometry_type = "ConvDepthwiseTileQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 1120,
    .tflite_rounding = true,
    .why_not = portable_conv_depthwise_tile_q8::why_not,
    .variants = portable_conv_depthwise_tile_q8::variants,
    .needs = portable_conv_depthwise_tile_q8::needs,
    .build = portable_conv_depthwise_tile_q8::build,
    .cycles = portable_conv_depthwise_tile_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/tile_q8.h"
#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_kernel.h"

// Channel o of the result reads channel o of the input; a multiple of 4 channels.
struct ConvDepthwiseTileQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t padded;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
  int32_t windows, small, merged, offset, merged_shift, out_unsigned;
};

// Weights of small cores have 128 added.
TINYC_KERNEL void conv_depthwise_tile_q8_tap(TileSums& s, const uint8_t* pixel, bool is_unsigned, const int8_t* w,
                                             bool small) {
#if defined(__OPTIMIZE__) && !defined(__clang__) && defined(__thumb__) && !defined(__thumb2__)
  if (small && !is_unsigned) {
    int32_t x;
    int32_t v;
    __asm__(
        ".syntax unified\n\t"
        "ldrb %[x], [%[p]]\n\tsxtb %[x], %[x]\n\tldrb %[v], [%[w]]\n\tsubs %[v], #128\n\t"
        "muls %[v], %[x]\n\tadds %[a], %[v]\n\t"
        "ldrb %[x], [%[p], #1]\n\tsxtb %[x], %[x]\n\tldrb %[v], [%[w], #1]\n\tsubs %[v], #128\n\t"
        "muls %[v], %[x]\n\tadds %[b], %[v]\n\t"
        "ldrb %[x], [%[p], #2]\n\tsxtb %[x], %[x]\n\tldrb %[v], [%[w], #2]\n\tsubs %[v], #128\n\t"
        "muls %[v], %[x]\n\tadds %[c], %[v]\n\t"
        "ldrb %[x], [%[p], #3]\n\tsxtb %[x], %[x]\n\tldrb %[v], [%[w], #3]\n\tsubs %[v], #128\n\t"
        "muls %[v], %[x]\n\tadds %[d], %[v]"
        : [a] "+l"(s.a0), [b] "+l"(s.b0), [c] "+l"(s.c0), [d] "+l"(s.d0), [x] "=&l"(x), [v] "=&l"(v)
        : [p] "l"(pixel), [w] "l"(w)
        : "memory", "cc");
    return;
  }
#endif
  const int32_t excess = small ? 128 : 0;
  s.a0 += load_8(pixel, 0, is_unsigned) * (tile_q8_weight(w, 0, small) - excess);
  s.b0 += load_8(pixel, 1, is_unsigned) * (tile_q8_weight(w, 1, small) - excess);
  s.c0 += load_8(pixel, 2, is_unsigned) * (tile_q8_weight(w, 2, small) - excess);
  s.d0 += load_8(pixel, 3, is_unsigned) * (tile_q8_weight(w, 3, small) - excess);
#if defined(__OPTIMIZE__) && defined(__riscv)
  // Nothing of the next tap begins before this one is done: registers would be spilled.
  __asm__ volatile("" : "+r"(s.a0), "+r"(s.b0), "+r"(s.c0), "+r"(s.d0) : : "memory");
#endif
}

// A row of the kernel.
TINYC_KERNEL void conv_depthwise_tile_q8_run(const ConvDepthwiseTileQ8& g, TileSums& s, const uint8_t* pixel,
                                             const int8_t* w) {
  const bool is_unsigned = g.in_unsigned != 0;
  const bool small = g.small != 0;
  if (g.kernel_w == 3 && !small) {
    conv_depthwise_tile_q8_tap(s, pixel, is_unsigned, w, small);
    conv_depthwise_tile_q8_tap(s, pixel + g.in_c, is_unsigned, w + 4, small);
    conv_depthwise_tile_q8_tap(s, pixel + 2 * g.in_c, is_unsigned, w + 8, small);
    return;
  }
  for (int32_t kx = 0; kx < g.kernel_w; ++kx, pixel += g.in_c, w += 4)
    conv_depthwise_tile_q8_tap(s, pixel, is_unsigned, w, small);
}

TINYC_KERNEL void conv_depthwise_tile_q8(const ConvDepthwiseTileQ8& g, const Rows& in, const Rows& out,
                                         const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                         const int32_t* shift, uint8_t* scratch, int32_t y0, int32_t y1) {
  if (g.padded != 0) window_padding(g, scratch);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.out_c) {
      const uint8_t* pieces[16];
      window_pieces(g, in, y, x, 1, scratch, pieces);
      const int8_t* w = weights;
      for (int32_t o = 0; o < g.out_c; o += 4) {
        TileSums s = {0, 0, 0, 0, 0, 0, 0, 0};
        if (g.kernel_h == 3) {
          conv_depthwise_tile_q8_run(g, s, pieces[0] + o, w);
          conv_depthwise_tile_q8_run(g, s, pieces[1] + o, w + 4 * g.kernel_w);
          conv_depthwise_tile_q8_run(g, s, pieces[2] + o, w + 8 * g.kernel_w);
        } else {
          for (int32_t ky = 0; ky < g.kernel_h; ++ky)
            conv_depthwise_tile_q8_run(g, s, pieces[ky] + o, w + 4 * ky * g.kernel_w);
        }
        w += 4 * g.kernel_h * g.kernel_w;
        tile_q8_results(g, s, 1, bias, multiplier, shift, o, g.out_c, to + o);
      }
    }
  }
}
