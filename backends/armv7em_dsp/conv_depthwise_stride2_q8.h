// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit 3 x 3 depthwise convolution of stride 2 on the DSP extension: pairs of pixels, one channel's weights in
// registers for a whole row.
#include <algorithm>

#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_depthwise_stride2_q8 {

// Columns are pairs of pixels of the padded image, of which so many hold some of the image ...
inline int64_t columns(const Image2d& image) {
  return std::min<int64_t>(image.out_w + 1, (image.in_w + image.w.pad_begin + 1) / 2);
}

// ... and so many nothing else: all but the first, if there is padding on the left, and perhaps the last.
inline int64_t inside(const Image2d& image) {
  const int64_t last = std::min<int64_t>(image.out_w + 1, (image.in_w + image.w.pad_begin) / 2);
  return std::max<int64_t>(last - image.w.pad_begin, 0);
}

// Pairs of results per turn of the loop.
inline int64_t pairs(const Image2d& image) { return unrolled(image.out_w / 2, 3); }

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_depthwise(op)) return reason;
  const Image2d image = conv_image(op);
  if (image.h.kernel != 3 || image.w.kernel != 3) return "needs 3 x 3 kernels";
  if (image.h.dilation != 1 || image.w.dilation != 1) return "needs dilation 1";
  if (image.w.stride != 2) return "needs stride 2";
  if (image.w.pad_begin > 1) return "needs at most one column of padding on the left";
  if (image.out_w < 2) return "needs two columns of results";
  if (image.in_c > 1000 || image.out_w > 1000) return "needs smaller images";
  return need_block_layer(op, 4, -128);
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  needs.scratch_bytes = 24 * (conv_image(op).out_w + 1);
  return needs;
}

inline int layer_code_bytes(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const int64_t pixels = 2 * pairs(image) + image.out_w % 2;
  return static_cast<int>(600 + 2 * 74 * pixels);
}

inline std::vector<int32_t> parameters(const ir::Op& op) {
  const BlockLayer layer(op);
  std::vector<int32_t> packed;
  for (int64_t c = 0; c < layer.outputs(); ++c) {
    const auto weight = [&](int64_t tap) { return 256 * layer.weight(c, tap); };
    for (int64_t row = 0; row < 9; row += 3) packed.push_back(lane_pair(weight(row), weight(row + 1)));
    packed.push_back(lane_pair(weight(2), weight(5)));
    packed.push_back(lane_pair(weight(8), 0));
    packed.push_back(layer.start(c));
    packed.push_back(layer.multiplier(c));
  }
  return packed;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = {{"in_h", image.in_h},
                    {"in_w", image.in_w},
                    {"channels", image.in_c},
                    {"out_w", image.out_w},
                    {"columns", columns(image)},
                    {"inside", inside(image)},
                    {"unroll", unrolled(inside(image), 4)},
                    {"turns", image.out_w / 2 / pairs(image)},
                    {"pairs", pairs(image)},
                    {"stride_h", image.h.stride},
                    {"pad_h", image.h.pad_begin},
                    {"pad_w", image.w.pad_begin}};
  add_block_fields(op, built.geometry);
  built.constants = {
      packed("parameters", "[channels]: weight pairs per row, of the third column, bias, multiplier", parameters(op))};
  return built;
}

// Per row: four channels packed, then one after the other.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const auto in_image = static_cast<double>(inside(image));
  const double column = 3 * t.load + 3 * t.load_next + 6 * t.store + 7 * t.alu;
  const double turns = in_image / static_cast<double>(unrolled(inside(image), 4)) * (t.alu + t.branch);
  const double edges = (static_cast<double>(columns(image)) - in_image) * 40 * t.alu;
  const double pixel = t.load + 4 * t.load_next + 6 * t.dual_mac + 5 * t.alu + t.store;
  const double loop = static_cast<double>(image.out_w / 2 / pairs(image)) * (t.load + t.alu + t.branch);
  const double channel = 38 * t.alu + static_cast<double>(image.out_w) * pixel + loop;
  const auto blocks = static_cast<double>(image.out_h * image.in_c / 4 * op.result_type().shape[0]);
  return blocks * (50 * t.alu + in_image * column + turns + edges + 4 * channel);
}

}  // namespace armv7em_dsp_conv_depthwise_stride2_q8

inline const KernelDef armv7em_dsp_conv_depthwise_stride2_q8_kernel = {
    .name = "conv_depthwise_stride2_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit 3 x 3 depthwise convolution of stride 2, pairs of pixels",
    .entry = "conv_depthwise_stride2_q8",
    .geometry_type = "ConvDepthwiseStride2Q8",
    .loops_over_batch = true,
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_depthwise_stride2_q8::why_not,
    .needs = armv7em_dsp_conv_depthwise_stride2_q8::needs,
    .build = armv7em_dsp_conv_depthwise_stride2_q8::build,
    .cycles = armv7em_dsp_conv_depthwise_stride2_q8::cycles,
    .layer_code_bytes = armv7em_dsp_conv_depthwise_stride2_q8::layer_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_depthwise_stride2_dsp.h"

// 8-bit 3 x 3 depthwise convolution, channels last, a multiple of 4 channels, stride 2 from column to column.
struct ConvDepthwiseStride2Q8 {
  int32_t in_h, in_w, channels, out_w;
  int32_t columns, inside, unroll, turns, pairs;
  int32_t stride_h, pad_h, pad_w;
  int32_t zero_word, in_unsigned, offset, shift, out_unsigned;
};

// Packs the columns of four channels.
TINYC_KERNEL void conv_depthwise_stride2_q8_pack(const ConvDepthwiseStride2Q8& g, const uint8_t* const* rows,
                                                 uint32_t* columns) {
  const bool whole = rows[0] != nullptr && rows[1] != nullptr && rows[2] != nullptr;
  const int32_t first = g.pad_w;
  if (whole && g.inside > 0) {
    const int32_t skipped = first * g.channels;
    const uint8_t* from[3] = {rows[0] + skipped, rows[1] + skipped, rows[2] + skipped};
    depthwise_stride2_pack_inside(g.channels, g.inside, g.unroll, from,
                                  columns + first * TINYC_DEPTHWISE_STRIDE2_COLUMN);
  }
  const int32_t packed = whole ? g.inside : 0;
  for (int32_t x = 0; x < first; ++x) depthwise_stride2_pack(g, rows, x, columns);
  for (int32_t x = first + packed; x < g.columns; ++x) depthwise_stride2_pack(g, rows, x, columns);
}

TINYC_KERNEL void conv_depthwise_stride2_q8(const ConvDepthwiseStride2Q8& g, const Rows& in, const Rows& out,
                                            const int32_t* parameters, uint8_t* scratch, int32_t y0, int32_t y1) {
  uint32_t* columns = static_cast<uint32_t*>(static_cast<void*>(scratch));
  const uint8_t* padding[3] = {nullptr, nullptr, nullptr};
  for (int32_t x = g.columns; x <= g.out_w; ++x) depthwise_stride2_pack(g, padding, x, columns);
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* rows[3];
    for (int32_t i = 0; i < 3; ++i) rows[i] = row_within(in, y * g.stride_h - g.pad_h + i, g.in_h);
    uint8_t* to = row_at(out, y);
    const int32_t* p = parameters;
    for (int32_t c = 0; c < g.channels; c += 4, p += 4 * TINYC_DEPTHWISE_STRIDE2_PARAMETERS) {
      conv_depthwise_stride2_q8_pack(g, rows, columns);
      depthwise_stride2_dsp(g.turns, g.pairs, g.out_w % 2, g.channels, g.in_unsigned, g.offset, g.shift, g.out_unsigned,
                            columns, p, to + c);
      for (int32_t i = 0; i < 3; ++i) rows[i] = rows[i] == nullptr ? nullptr : rows[i] + 4;
    }
  }
}
