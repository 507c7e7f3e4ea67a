// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit 3 x 3 depthwise convolution on the DSP extension: two output rows at a time, one channel's weights in registers
// for the whole of them.
#include <algorithm>

#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_depthwise_rows_q8 {

inline int64_t columns(const Image2d& image) { return image.out_w + 2; }

// Of them so many lie in the image.
inline int64_t inside(const Image2d& image) {
  return std::min<int64_t>(columns(image) - image.w.pad_begin, image.in_w);
}

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (auto reason = need_depthwise(op)) return reason;
  const Image2d image = conv_image(op);
  if (image.h.kernel != 3 || image.w.kernel != 3) return "needs 3 x 3 kernels";
  if (image.h.dilation != 1 || image.w.dilation != 1) return "needs dilation 1";
  if (image.h.stride != 1 || image.w.stride != 1) return "needs stride 1";
  if (image.out_h < 2) return "needs two rows of results";
  if (image.in_c > 4000 || image.out_w > 4000) return "needs smaller images";
  if (inside(image) < 1) return "needs less padding";
  return need_block_layer(op, 4, -128);
}

// Columns packed per turn where all four rows lie in the image; 0: not so, as too few do for the code that this takes,
// or as a step of so many channels is no immediate operand.
inline int64_t pack_unroll(const Image2d& image, const Variant& variant) {
  return variant.parameters[0] != 0 || image.out_h < 8 || image.in_c > 1020 ? 0 : unrolled(inside(image), 4);
}

// Pixels of a row per turn of the loop.
inline int64_t pixel_unroll(const Image2d& image) { return unrolled(image.out_w, 8); }

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  needs.granule = 2;
  needs.scratch_bytes = 32 * columns(conv_image(op));
  return needs;
}

// A variant's parameter: whether all layers call one function.
inline std::vector<Variant> variants(const ir::Op&) { return {{"own", {0}}, {"shared", {1}}}; }
inline bool is_shared(const Variant& variant) { return variant.parameters[0] != 0; }
inline int layer_code_bytes(const ir::Op& op, const Variant& variant) {
  if (is_shared(variant)) return 70;
  const Image2d image = conv_image(op);
  return static_cast<int>(650 + 100 * pixel_unroll(image)) + (pack_unroll(image, variant) == 0 ? 0 : 300);
}
inline int shared_code_bytes(const Variant& variant) { return is_shared(variant) ? 1150 : 0; }

inline std::vector<int32_t> parameters(const ir::Op& op) {
  const BlockLayer layer(op);
  std::vector<int32_t> packed;
  for (int64_t c = 0; c < layer.outputs(); ++c) {
    const auto weight = [&](int64_t row, int64_t column) { return 256 * layer.weight(c, 3 * row + column); };
    for (int64_t j = 0; j < 3; ++j) {
      packed.push_back(lane_pair(weight(0, j), weight(1, j)));
      packed.push_back(lane_pair(weight(1, j), weight(2, j)));
    }
    packed.push_back(layer.start(c));
    packed.push_back(layer.multiplier(c));
  }
  return packed;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = {{"in_h", image.in_h},
                    {"in_w", image.in_w},
                    {"channels", image.in_c},
                    {"out_w", image.out_w},
                    {"inside", inside(image)},
                    {"pack_unroll", pack_unroll(image, variant)},
                    {"unroll", pixel_unroll(image)},
                    {"shared", is_shared(variant)},
                    {"pad_h", image.h.pad_begin},
                    {"pad_w", image.w.pad_begin}};
  add_block_fields(op, built.geometry);
  built.constants = {packed("parameters", "[channels]: 2 weight pairs per column, bias, multiplier", parameters(op))};
  return built;
}

// Per two rows: four channels packed, then one after the other.
inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const double loop = (t.alu + t.branch) / static_cast<double>(unrolled(inside(image), 4));
  const double fast = t.load + 3 * t.load_next + 9 * t.store + 13 * t.alu + loop;
  const double slow = 2 * (t.load + t.load_next + 4 * t.store + 12 * t.alu);
  const double whole =
      pack_unroll(image, variant) == 0 ? 0 : static_cast<double>(image.out_h - 2) / static_cast<double>(image.out_h);
  const double pack = static_cast<double>(inside(image)) * (whole * fast + (1 - whole) * slow);
  const double turn = is_shared(variant) ? 2 * t.load + 2.5 * t.alu + t.branch / 2
                                         : (t.load + t.alu + t.branch) / static_cast<double>(pixel_unroll(image));
  const double multiplier = is_shared(variant) ? t.load : 0;  // else in a register
  const double pixel = 4 * (t.load + t.load_next) + multiplier + 12 * t.dual_mac + 4 * t.alu + 2 * t.store + turn;
  const double channel = 27 * t.alu + static_cast<double>(image.out_w) * pixel;
  const double blocks = static_cast<double>((image.out_h + 1) / 2 * image.in_c / 4 * op.result_type().shape[0]);
  return blocks * (50 * t.alu + pack + 4 * channel);
}

}  // namespace armv7em_dsp_conv_depthwise_rows_q8

inline const KernelDef armv7em_dsp_conv_depthwise_rows_q8_kernel = {
    .name = "conv_depthwise_rows_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit 3 x 3 depthwise convolution, two rows at a time",
    .entry = "conv_depthwise_rows_q8",
    .geometry_type = "ConvDepthwiseRowsQ8",
    .loops_over_batch = true,
    .pixels_per_read = 12,  // two rows of at most eight
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_depthwise_rows_q8::why_not,
    .variants = armv7em_dsp_conv_depthwise_rows_q8::variants,
    .needs = armv7em_dsp_conv_depthwise_rows_q8::needs,
    .build = armv7em_dsp_conv_depthwise_rows_q8::build,
    .cycles = armv7em_dsp_conv_depthwise_rows_q8::cycles,
    .layer_code_bytes = armv7em_dsp_conv_depthwise_rows_q8::layer_code_bytes,
    .shared_code_bytes = armv7em_dsp_conv_depthwise_rows_q8::shared_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_shared_rows_dsp.h"

// 8-bit 3 x 3 depthwise convolution, channels last, a multiple of 4 channels.
struct ConvDepthwiseRowsQ8 {
  int32_t in_h, in_w, channels, out_w;
  int32_t inside, pack_unroll, unroll, shared, pad_h, pad_w;
  int32_t zero_word, in_unsigned, offset, shift, out_unsigned;
};

// Input rows of the two output rows from y on: nullptr where they lie in the padding or are not needed.
TINYC_KERNEL void conv_depthwise_rows_q8_inputs(const ConvDepthwiseRowsQ8& g, const Rows& in, int32_t y, int32_t count,
                                                const uint8_t** rows) {
  for (int32_t k = 0; k < 4; ++k) {
    rows[k] = k < count ? row_within(in, y - g.pad_h + k, g.in_h) : nullptr;
  }
}

// One function for all layers.
template <bool in_unsigned, bool out_unsigned>
TINYC_SHARED void conv_depthwise_rows_q8_shared(const ConvDepthwiseRowsQ8& shape, const Rows& in, const Rows& out,
                                                const int32_t* parameters, uint8_t* scratch, int32_t y0, int32_t y1) {
  ConvDepthwiseRowsQ8 g = shape;
  g.in_unsigned = in_unsigned;
  uint32_t* columns = static_cast<uint32_t*>(static_cast<void*>(scratch));
  depthwise_rows_padding(g, columns);
  uint32_t* inside = columns + 8 * g.pad_w;
  for (int32_t y = y0; y < y1; y += 2) {
    const bool both = y + 1 < y1;
    const uint8_t* rows[4];
    conv_depthwise_rows_q8_inputs(g, in, y, both ? 4 : 3, rows);
    uint8_t* to = row_at(out, y);
    const SharedRows results = {g.offset, both ? static_cast<int32_t>(row_at(out, y + 1) - to) : 0, g.shift, g.channels,
                                g.out_w};
    const int32_t* p = parameters;
    for (int32_t c = 0; c < g.channels; c += 4, p += 4 * TINYC_DEPTHWISE_ROWS_PARAMETERS) {
      depthwise_rows_pack_row(g, rows[0], rows[1], c, inside);
      depthwise_rows_pack_row(g, rows[2], rows[3], c, inside + 1);
      shared_rows_dsp(out_unsigned, results, columns, p, to + c);
    }
  }
}

TINYC_KERNEL void conv_depthwise_rows_q8(const ConvDepthwiseRowsQ8& g, const Rows& in, const Rows& out,
                                         const int32_t* parameters, uint8_t* scratch, int32_t y0, int32_t y1) {
  if (g.shared != 0) {
    as_constant(g.in_unsigned != 0, [&](auto from) TINYC_INLINE {
      as_constant(g.out_unsigned != 0, [&](auto to) TINYC_INLINE {
        conv_depthwise_rows_q8_shared<decltype(from)::value, decltype(to)::value>(g, in, out, parameters, scratch, y0,
                                                                                  y1);
      });
    });
    return;
  }
  uint32_t* columns = static_cast<uint32_t*>(static_cast<void*>(scratch));
  depthwise_rows_padding(g, columns);
  uint32_t* inside = columns + 8 * g.pad_w;
  for (int32_t y = y0; y < y1; y += 2) {
    const bool both = y + 1 < y1;
    const uint8_t* rows[4];
    conv_depthwise_rows_q8_inputs(g, in, y, both ? 4 : 3, rows);
    const bool whole =
        g.pack_unroll != 0 && rows[0] != nullptr && rows[1] != nullptr && rows[2] != nullptr && rows[3] != nullptr;
    uint8_t* first = row_at(out, y);
    DepthwiseRowsTo to = {first, both ? static_cast<int32_t>(row_at(out, y + 1) - first) : 0};
    const int32_t* p = parameters;
    for (int32_t c = 0; c < g.channels; c += 4, to.first += 4, p += 4 * TINYC_DEPTHWISE_ROWS_PARAMETERS) {
      if (whole) {
        depthwise_rows_pack_inside(g.channels, g.inside, g.pack_unroll, g.in_unsigned, rows, c, inside);
      } else {
        depthwise_rows_pack_row(g, rows[0], rows[1], c, inside);
        depthwise_rows_pack_row(g, rows[2], rows[3], c, inside + 1);
      }
      depthwise_rows_dsp(g.out_w, g.unroll, g.channels, g.offset, g.shift, g.out_unsigned, columns, p, to);
    }
  }
}
