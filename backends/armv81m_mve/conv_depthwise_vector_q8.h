// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit depthwise convolution by vectors of 8 channels.
#include "backends/kernel_vector.h"

namespace tinyc {
namespace armv81m_mve_conv_depthwise_vector_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  const Image2d image = conv_image(op);
  if (!is_depthwise(op) || image.in_c != image.out_c) return "needs one output channel per input channel";
  if (image.w.dilation != 1 || image.h.kernel > kMostWindowRows) return "needs windows without gaps, of up to 15 rows";
  return need_vector_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  needs.scratch_bytes = window_strips_bytes(image);
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(),
                        {{"in_zero", op.operand_type(0).quant->zero_point()}, {"padded", is_padded(image)}});
  built.constants = {vector_depthwise_weights(op)};
  add_vector_scaling(built, op, true);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const auto blocks =
      static_cast<double>((image.out_c + 7) / 8 * image.out_w * image.out_h * op.result_type().shape[0]);
  const auto taps = static_cast<double>(image.h.kernel * image.w.kernel);
  return blocks * (taps * 14 * t.alu + 60 * t.alu);
}

}  // namespace armv81m_mve_conv_depthwise_vector_q8

inline const KernelDef armv81m_mve_conv_depthwise_vector_q8_kernel = {
    .name = "conv_depthwise_vector_q8",
    .isa = Isa::armv81m_mve,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit depthwise convolution, vectors of 8 channels",
    .entry = "conv_depthwise_vector_q8",
    .geometry_type = "ConvDepthwiseVectorQ8",
    .loops_over_batch = true,
    .mean_code_bytes = 680,
    .tflite_rounding = true,
    .why_not = armv81m_mve_conv_depthwise_vector_q8::why_not,
    .needs = armv81m_mve_conv_depthwise_vector_q8::needs,
    .build = armv81m_mve_conv_depthwise_vector_q8::build,
    .cycles = armv81m_mve_conv_depthwise_vector_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_mve.h"

// Channel o of the result reads channel o of the input.
struct ConvDepthwiseVectorQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, padded;
  int32_t offset, shift, in_unsigned, out_unsigned;
};

TINYC_KERNEL void conv_depthwise_vector_q8(const ConvDepthwiseVectorQ8& g, const Rows& in, const Rows& out,
                                           const int8_t* weights, const int32_t* added, const int32_t* multiplier,
                                           uint8_t* scratch, int32_t y0, int32_t y1) {
  const MveScaling scaling = {added, multiplier, g.offset, g.shift, g.out_unsigned != 0};
  if (g.padded != 0) window_padding(g, scratch);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.out_c) {
      const uint8_t* pieces[16];
      window_pieces(g, in, y, x, 1, scratch, pieces);
      const int8_t* w = weights;
      for (int32_t o = 0; o < g.out_c; o += 8, w += 8 * g.kernel_h * g.kernel_w)
        mve_depthwise_8(pieces, g.kernel_h, g.kernel_w, g.in_c, g.in_unsigned != 0, w, scaling, o, g.out_c % 8 == 0,
                        g.out_c - o, to + o);
    }
  }
}
