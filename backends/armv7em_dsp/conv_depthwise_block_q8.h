// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit depthwise convolution on the DSP extension: 4 channels of 2 pixels at a time in registers.
#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_depthwise_block_q8 {

inline bool in_pairs(const Image2d& image) {
  return (image.w.kernel == 3 || image.w.kernel == 5) && image.w.stride <= 2 && image.out_w > 1;
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_depthwise(op)) return reason;
  const Image2d image = conv_image(op);
  if (image.w.dilation != 1 || image.w.kernel > 16) return "needs kernels of up to 16 columns without dilation";
  if (image.h.kernel > 30) return "needs kernels of up to 30 rows";
  if ((image.w.kernel + 1) * image.in_c > 4000) return "needs fewer channels";
  return need_block_layer(op, 4, -128);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  needs.scratch_bytes = window_strips_bytes(image);
  return needs;
}

// A variant's parameter: whether all layers call one function.
inline std::vector<Variant> variants(const ir::Op& op) {
  if (conv_image(op).w.kernel != 3) return {{"own", {0}}};
  return {{"own", {0}}, {"shared", {1}}};
}
inline bool is_shared(const Variant& variant) { return variant.parameters[0] != 0; }
inline int layer_code_bytes(const ir::Op&, const Variant& variant) { return is_shared(variant) ? 70 : 1050; }
inline int shared_code_bytes(const Variant& variant) { return is_shared(variant) ? 1300 : 0; }

inline std::vector<int32_t> parameters(const ir::Op& op) {
  const BlockLayer layer(op);
  std::vector<int32_t> packed;
  for (int64_t first = 0; first < layer.outputs(); first += 4) {
    for (int64_t c = first; c < first + 4; ++c) packed.push_back(layer.start(c));
    for (int64_t k = 0; k < layer.taps(); ++k) {
      packed.push_back(lane_pair(256 * layer.weight(first, k), 256 * layer.weight(first + 2, k)));
      packed.push_back(lane_pair(256 * layer.weight(first + 1, k), 256 * layer.weight(first + 3, k)));
    }
    for (int64_t c = first; c < first + 4; ++c) packed.push_back(layer.multiplier(c));
  }
  return packed;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = window_geometry(image);
  built.geometry.insert(built.geometry.end(), {{"in_zero", op.operand_type(0).quant->zero_point()},
                                               {"padded", is_padded(image)},
                                               {"pairs", in_pairs(image)},
                                               {"shared", is_shared(variant)},
                                               {"in_unsigned", is_unsigned_8(op.operand_type(0))}});
  add_block_results(op, built.geometry);
  built.constants = {
      packed("parameters", "[channels / 4]: 4 biases, 2 weight pairs per tap, 4 multipliers", parameters(op))};
  return built;
}

// Per tap of 4 channels: a word of pixels and two of weights, two extensions, four products; a third of that less where
// two pixels share the column.
inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const double tap = t.load + 2 * t.load_next + 2 * t.alu + 4 * t.mla;
  const Image2d image = conv_image(op);
  const double pieces = image.out_w == 1 ? 19 * t.alu : 0;  // looked up for one block of results
  const double frame = pieces + 12 * t.alu + 8 * t.load + 4 * t.store;
  const auto taps = static_cast<double>(image.h.kernel * image.w.kernel);
  const auto blocks = static_cast<double>(op.result_type().elements()) / 4;
  if (is_shared(variant)) {
    const auto rows = static_cast<double>(image.h.kernel);
    const double pixel = 40 * t.alu + rows * 25 * t.alu;  // where its pieces begin
    const double loops = rows * (t.load_next + 3 * t.alu + t.branch) + 10 * t.alu + 2 * t.load + t.branch;
    return blocks * (taps * tap + loops + frame) + 4 * blocks / static_cast<double>(image.in_c) * pixel;
  }
  return blocks * (taps * tap * (in_pairs(image) ? 0.9 : 1) + static_cast<double>(image.h.kernel) * 12 * t.alu + frame);
}

}  // namespace armv7em_dsp_conv_depthwise_block_q8

inline const KernelDef armv7em_dsp_conv_depthwise_block_q8_kernel = {
    .name = "conv_depthwise_block_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit depthwise convolution, 4 channels x 2 pixels in registers",
    .entry = "conv_depthwise_block_q8",
    .geometry_type = "ConvDepthwiseBlockQ8",
    .loops_over_batch = true,
    .pixels_per_read = 2,
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_depthwise_block_q8::why_not,
    .variants = armv7em_dsp_conv_depthwise_block_q8::variants,
    .needs = armv7em_dsp_conv_depthwise_block_q8::needs,
    .build = armv7em_dsp_conv_depthwise_block_q8::build,
    .cycles = armv7em_dsp_conv_depthwise_block_q8::cycles,
    .layer_code_bytes = armv7em_dsp_conv_depthwise_block_q8::layer_code_bytes,
    .shared_code_bytes = armv7em_dsp_conv_depthwise_block_q8::shared_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/window_pieces.h"
#include "runtime-stubs/tinyc_shared_depthwise_dsp.h"

// 8-bit depthwise convolution, channels last, a multiple of 4 channels.
struct ConvDepthwiseBlockQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  int32_t in_zero, padded, pairs, shared, in_unsigned, offset, shift, out_unsigned;
};

template <int pixels>
TINYC_KERNEL void conv_depthwise_block_q8_pixels(const ConvDepthwiseBlockQ8& g, const Rows& in, int32_t y, int32_t x,
                                                 const int32_t* parameters, uint8_t* scratch, uint8_t* to) {
  const uint8_t* pieces[31];
  window_pieces(g, in, y, x, pixels, scratch, pieces);
  for (int32_t c = 0; c < g.in_c; c += 4) {
    depthwise_dsp<pixels>(g.kernel_h, g.kernel_w, g.stride_w, g.in_c, g.in_unsigned, g.offset, g.shift, g.out_unsigned,
                          pieces, parameters, to + c);
    parameters += depthwise_dsp_parameters(g.kernel_h, g.kernel_w);
    for (int32_t ky = 0; ky < g.kernel_h; ++ky) pieces[ky] += 4;
  }
}

// One function for all layers.
template <bool in_unsigned, bool out_unsigned>
TINYC_SHARED void conv_depthwise_block_q8_shared(const ConvDepthwiseBlockQ8& g, const Rows& in, const Rows& out,
                                                 const int32_t* parameters, uint8_t* scratch, int32_t y0, int32_t y1) {
  const uint8_t* pieces[31];
  const SharedDepthwise block = {pieces, g.in_c, g.offset, g.shift};
  if (g.padded != 0) window_padding(g, scratch);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x, to += g.in_c) {
      window_pieces(g, in, y, x, 1, scratch, pieces);
      shared_depthwise_dsp(in_unsigned, out_unsigned, block, parameters, to);
    }
  }
}

TINYC_KERNEL void conv_depthwise_block_q8(const ConvDepthwiseBlockQ8& g, const Rows& in, const Rows& out,
                                          const int32_t* parameters, uint8_t* scratch, int32_t y0, int32_t y1) {
  if (g.shared != 0) {
    as_constant(g.in_unsigned != 0, [&](auto from) TINYC_INLINE {
      as_constant(g.out_unsigned != 0, [&](auto to) TINYC_INLINE {
        conv_depthwise_block_q8_shared<decltype(from)::value, decltype(to)::value>(g, in, out, parameters, scratch, y0,
                                                                                   y1);
      });
    });
    return;
  }
  if (g.padded != 0) window_padding(g, scratch);
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* to = row_at(out, y);
    int32_t x = 0;
    if (g.pairs != 0) {
      for (; x + 2 <= g.out_w; x += 2) {
        conv_depthwise_block_q8_pixels<2>(g, in, y, x, parameters, scratch, to + x * g.in_c);
      }
    }
    for (; x < g.out_w; ++x) {
      conv_depthwise_block_q8_pixels<1>(g, in, y, x, parameters, scratch, to + x * g.in_c);
    }
  }
}
