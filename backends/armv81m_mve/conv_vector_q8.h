// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit convolution by vectors of 16 products, 4 channels at a time.
#include "backends/kernel_vector.h"

namespace tinyc {
namespace armv81m_mve_conv_vector_q8 {

constexpr int64_t kLargestWindow = 4096;

// Windows are read where they lie, row by row; short rows are gathered first.
inline bool is_direct(const Image2d& image) {
  const int64_t run = image.w.kernel * image.in_c;
  return image.w.dilation == 1 && image.h.kernel <= kMostWindowRows &&
         (run % 16 == 0 || run >= 48 || image.h.kernel == 1);
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.integer("groups") != 1) return "needs one group";
  const Image2d image = conv_image(op);
  if (!is_direct(image) && image.h.kernel * image.w.kernel * image.in_c > kLargestWindow)
    return "needs smaller windows";
  return need_vector_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  if (!is_direct(image)) {
    needs.scratch_bytes = 2 * ((image.h.kernel * image.w.kernel * image.in_c + 3) / 4 * 4);
  } else {
    needs.scratch_bytes = window_strips_bytes(image);
  }
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const bool direct = is_direct(image);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(
      built.geometry.end(),
      {{"in_zero", op.operand_type(0).quant->zero_point()}, {"direct", direct}, {"padded", is_padded(image)}});
  built.constants = {vector_weights(op, direct ? image.h.kernel : 1)};
  add_vector_scaling(built, op, false);
  return built;
}

// 5 loads and 4 products of 16 taps each, and the frame around 4 results.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const int64_t run = image.w.kernel * image.in_c;
  const int64_t vectors = is_direct(image) ? image.h.kernel * ((run + 15) / 16) : (image.h.kernel * run + 15) / 16;
  const double gather =
      is_direct(image) ? 20 : static_cast<double>(image.h.kernel) * (12 + static_cast<double>(run) / 2);
  const auto pixels = static_cast<double>(image.out_w * image.out_h * op.result_type().shape[0]);
  const auto blocks = static_cast<double>((image.out_c + 3) / 4);
  return pixels * (gather + blocks * (static_cast<double>(vectors) * 18 * t.alu + 30 * t.alu));
}

}  // namespace armv81m_mve_conv_vector_q8

inline const KernelDef armv81m_mve_conv_vector_q8_kernel = {
    .name = "conv_vector_q8",
    .isa = Isa::armv81m_mve,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit convolution, vectors of 16 products for 4 channels",
    .entry = "conv_vector_q8",
    .geometry_type = "ConvVectorQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 570,
    .tflite_rounding = true,
    .why_not = armv81m_mve_conv_vector_q8::why_not,
    .needs = armv81m_mve_conv_vector_q8::needs,
    .build = armv81m_mve_conv_vector_q8::build,
    .cycles = armv81m_mve_conv_vector_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_mve.h"

// 8-bit convolution with one group, channels last.
struct ConvVectorQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, direct, padded;
  int32_t offset, shift, in_unsigned, out_unsigned;
};

TINYC_KERNEL int32_t conv_vector_q8_window(const ConvVectorQ8& g) {
  return (g.kernel_h * g.kernel_w * g.in_c + 3) / 4 * 4;
}

// Pixels x to x + windows - 1 of row y.
TINYC_KERNEL void conv_vector_q8_pixels(const ConvVectorQ8& g, const Rows& in, int32_t y, int32_t x, int32_t windows,
                                        const int8_t* w, const MveScaling& scaling, uint8_t* scratch, uint8_t* to) {
  const int32_t row = g.kernel_w * g.in_c;
  const int32_t runs = g.direct != 0 ? g.kernel_h : 1;
  const int32_t run = g.direct != 0 ? row : g.kernel_h * row;
  const int32_t between = g.direct != 0 ? g.stride_w * g.in_c : conv_vector_q8_window(g);
  const uint8_t* pieces[16];
  if (g.direct != 0) {
    window_pieces(g, in, y, x, windows, scratch, pieces);
  } else {
    for (int32_t i = 0; i < windows; ++i) {
      for (int32_t ky = 0; ky < g.kernel_h; ++ky)
        window_strip(g, window_row(g, in, y, ky), (x + i) * g.stride_w - g.pad_w, g.kernel_w, g.dilation_w,
                     scratch + i * between + ky * row);
    }
    pieces[0] = scratch;
  }
  const bool full = g.out_c % 4 == 0;
  for (int32_t o = 0; o < g.out_c; o += 4) {
    MveSums s = {0, 0, 0, 0};
    MveSums t = {0, 0, 0, 0};
    for (int32_t i = 0; i < runs; ++i, w += (run + 15) / 16 * 64)
      mve_dot_4(s, t, pieces[i], between, windows, g.in_unsigned != 0, w, run);
    mve_results_4(s, scaling, o, full, g.out_c - o, to + o);
    if (windows == 2) mve_results_4(t, scaling, o, full, g.out_c - o, to + g.out_c + o);
  }
}

TINYC_KERNEL void conv_vector_q8(const ConvVectorQ8& g, const Rows& in, const Rows& out, const int8_t* weights,
                                 const int32_t* added, const int32_t* multiplier, uint8_t* scratch, int32_t y0,
                                 int32_t y1) {
  const MveScaling scaling = {added, multiplier, g.offset, g.shift, g.out_unsigned != 0};
  if (g.direct != 0 && g.padded != 0) window_padding(g, scratch);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    int32_t x = 0;
    for (; x + 2 <= g.out_w; x += 2) conv_vector_q8_pixels(g, in, y, x, 2, weights, scaling, scratch, to + x * g.out_c);
    if (g.out_w % 2 != 0) conv_vector_q8_pixels(g, in, y, x, 1, weights, scaling, scratch, to + x * g.out_c);
  }
}
