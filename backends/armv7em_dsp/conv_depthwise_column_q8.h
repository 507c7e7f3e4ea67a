// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit depthwise convolution over one axis, time for instance, on the DSP extension: 4 channels of two output rows in
// registers, two taps per product.
#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_depthwise_column_q8 {

// All taps lie in one row and make one pixel, as in streams of frames.
inline bool is_across(const Image2d& image) { return image.in_h == 1 && image.out_h == 1 && image.out_w == 1; }

// The axis of the taps.
inline ir::Window axis(const Image2d& image) { return is_across(image) ? image.w : image.h; }

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_depthwise(op)) return reason;
  const Image2d image = conv_image(op);
  if (is_across(image)) {
    if (image.h.kernel != 1 || is_padded(image)) return "needs kernels of one row without padding";
    if (image.w.kernel * image.in_c > 4000) return "needs fewer channels";
  } else if (image.in_w != 1 || image.out_w != 1 || image.w.kernel != 1) {
    return "needs images and kernels of one column";
  }
  const ir::Window taps = axis(image);
  if ((taps.stride != 1 && !is_across(image)) || taps.dilation != 1) return "needs stride 1 and dilation 1";
  if (taps.kernel < 2 || taps.kernel > 30) return "needs kernels of 2 to 30 taps";
  if (image.in_c > 4000) return "needs fewer channels";
  return need_block_layer(op, 4, -128);
}

// Output rows that a call computes at a time.
inline int64_t rows(const ir::Op& op) { return conv_image(op).out_h > 1 ? 2 : 1; }

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  needs.granule = rows(op);
  const Image2d image = conv_image(op);
  needs.scratch_bytes = is_across(image) ? 4 : 4 * (image.h.kernel + 1);
  return needs;
}

// Taps 2 * pair - row and the one after it.
inline std::vector<int32_t> parameters(const ir::Op& op) {
  const BlockLayer layer(op);
  const int64_t taps = layer.taps();
  const auto weight = [&](int64_t c, int64_t k) { return k < 0 || k >= taps ? 0 : 256 * layer.weight(c, k); };
  std::vector<int32_t> packed;
  for (int64_t first = 0; first < layer.outputs(); first += 4) {
    for (int64_t c = first; c < first + 4; ++c) packed.push_back(layer.start(c));
    for (int64_t pair = 0; pair < (taps + rows(op)) / 2; ++pair) {
      for (int64_t c = first; c < first + 4; ++c) {
        for (int64_t k = 2 * pair; k > 2 * pair - rows(op); --k)
          packed.push_back(lane_pair(weight(c, k), weight(c, k + 1)));
      }
    }
    for (int64_t c = first; c < first + 4; ++c) packed.push_back(layer.multiplier(c));
  }
  return packed;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = {{"in_h", image.in_h},         {"channels", image.in_c}, {"kernel", axis(image).kernel},
                    {"across", is_across(image)}, {"rows", rows(op)},       {"pad", axis(image).pad_begin},
                    {"padded", is_padded(image)}};
  add_block_fields(op, built.geometry);
  built.constants = {
      packed("parameters", "[channels / 4]: 4 biases, weight pairs of 2 taps, 4 multipliers", parameters(op))};
  return built;
}

// Per pair of input rows and four channels: two loads, six instructions to regroup them, and per output row four loads
// of weights and four dual products.
inline double block_cycles(const ir::Op& op, int64_t results, const CoreTiming& t) {
  const auto pairs = static_cast<double>((axis(conv_image(op)).kernel + results) / 2);
  const double input = t.load + t.load_next + 6 * t.alu;
  const double weights = results == 2 ? 5 * t.load + 3 * t.load_next : t.load + 3 * t.load_next;
  const double pair = input + weights + static_cast<double>(4 * results) * t.dual_mac;
  const double frame = 3 * t.load + 9 * t.load_next + 4 * t.store + 8 * t.alu + t.branch;
  return pairs * pair + frame + static_cast<double>(results) * (8 * t.alu + 4 * t.store);
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const int64_t singles = image.out_h % rows(op) + (rows(op) == 1 ? image.out_h : 0);
  const int64_t calls = image.out_h / 2 * (rows(op) - 1);
  const double blocks = static_cast<double>(image.in_c * op.result_type().shape[0]) / 4;
  const double gather = is_padded(image) ? static_cast<double>(image.h.kernel + 1) * (3 * t.load + 4 * t.alu) : 0;
  const double turns = static_cast<double>(calls) * (gather + block_cycles(op, 2, t)) +
                       static_cast<double>(singles) * (gather + block_cycles(op, 1, t));
  return blocks * turns + static_cast<double>(calls + singles) * 30 * t.alu;
}

// A pair of rows for two results and, where their number is odd, for one.
inline int layer_code_bytes(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  const int64_t pairs = (axis(image).kernel + 2) / 2;
  const int64_t two = rows(op) == 2 ? 210 + 92 * pairs : 0;
  const int64_t one = image.out_h % 2 == 1 ? 150 + 64 * pairs : 0;
  return static_cast<int>(60 + two + one + (is_padded(image) ? 200 : 0));
}

}  // namespace armv7em_dsp_conv_depthwise_column_q8

inline const KernelDef armv7em_dsp_conv_depthwise_column_q8_kernel = {
    .name = "conv_depthwise_column_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit depthwise convolution over one axis, 4 channels x 2 rows in registers",
    .entry = "conv_depthwise_column_q8",
    .geometry_type = "ConvDepthwiseColumnQ8",
    .loops_over_batch = true,
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_depthwise_column_q8::why_not,
    .needs = armv7em_dsp_conv_depthwise_column_q8::needs,
    .build = armv7em_dsp_conv_depthwise_column_q8::build,
    .cycles = armv7em_dsp_conv_depthwise_column_q8::cycles,
    .layer_code_bytes = armv7em_dsp_conv_depthwise_column_q8::layer_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_depthwise_column_dsp.h"

// 8-bit depthwise convolution of one column (or row: `across`), channels last, a multiple of 4 channels.
struct ConvDepthwiseColumnQ8 {
  int32_t in_h, channels, kernel, across, rows, pad, padded;
  int32_t zero_word, in_unsigned, offset, shift, out_unsigned;
};

// Output rows y to y + rows - 1. Input rows that do not lie side by side are gathered, four channels at a time.
template <int rows>
TINYC_KERNEL void conv_depthwise_column_q8_rows(const ConvDepthwiseColumnQ8& g, const Rows& in, int32_t y,
                                                const int32_t* parameters, uint8_t* scratch, uint8_t* to,
                                                int32_t second) {
  const bool side_by_side = in.ring == 0 && in.bytes == g.channels && g.kernel * g.channels < 4096;
  if (g.across != 0 || (side_by_side && g.padded == 0)) {
    depthwise_column_dsp<rows>(g.rows, g.kernel, g.channels, g.channels, g.in_unsigned, g.offset, g.shift,
                               g.out_unsigned, row_at(in, y), parameters, to, second);
    return;
  }
  const uint8_t* taps[31];
  for (int32_t k = 0; k < g.kernel + rows - 1; ++k) taps[k] = row_within(in, y - g.pad + k, g.in_h);
  for (int32_t c = 0; c < g.channels; c += 4, parameters += depthwise_column_parameters(g.kernel, g.rows)) {
    for (int32_t k = 0; k < g.kernel + rows - 1; ++k)
      store_word(scratch + 4 * k, taps[k] == nullptr ? static_cast<uint32_t>(g.zero_word) : load_word(taps[k] + c));
    depthwise_column_dsp<rows>(g.rows, g.kernel, 4, 4, g.in_unsigned, g.offset, g.shift, g.out_unsigned, scratch,
                               parameters, to + c, second);
  }
}

TINYC_KERNEL void conv_depthwise_column_q8(const ConvDepthwiseColumnQ8& g, const Rows& in, const Rows& out,
                                           const int32_t* parameters, uint8_t* scratch, int32_t y0, int32_t y1) {
  int32_t y = y0;
  if (g.rows == 2) {
    for (; y + 2 <= y1; y += 2) {
      uint8_t* to = row_at(out, y);
      const auto second = static_cast<int32_t>(row_at(out, y + 1) - to);
      conv_depthwise_column_q8_rows<2>(g, in, y, parameters, scratch, to, second);
    }
  }
  for (; y < y1; ++y) conv_depthwise_column_q8_rows<1>(g, in, y, parameters, scratch, row_at(out, y), 0);
}
