// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit 3 x 3 convolution on the DSP extension by Winograd's algorithm, exact: two output rows at a time.
#include <algorithm>

#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_conv_winograd_q8 {

// Two columns of results each, an even number.
inline int64_t tiles(const Image2d& image) { return (image.out_w + 3) / 4 * 2; }

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_2d(op)) return reason;
  if (op.integer("groups") != 1) return "needs one group";
  const Image2d image = conv_image(op);
  if (image.h.kernel != 3 || image.w.kernel != 3) return "needs 3 x 3 kernels";
  if (image.h.dilation != 1 || image.w.dilation != 1) return "needs dilation 1";
  if (image.h.stride != 1 || image.w.stride != 1) return "needs stride 1";
  if (image.out_h < 2) return "needs two rows of results";
  if (image.in_c % 4 != 0 || image.in_c < 8 || image.in_c > 256)
    return "needs a multiple of 4 input channels, 8 to 256";
  if (2 * image.in_c * tiles(image) > 65535) return "needs smaller images";
  return need_block_layer(op, 4, -128);
}

// Transformed inputs of a row of tiles; 16 sums of four channels of all of them.
inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = conv_needs(op);
  const Image2d image = conv_image(op);
  needs.granule = 2;
  needs.scratch_bytes = 16 * tiles(image) * (2 * image.in_c + 16);
  return needs;
}

// G g G^T with G twice its usual size: rows (2, 0, 0), (1, 1, 1), (1, -1, 1), (0, 0, 2).
inline std::array<int32_t, 16> transformed(const std::array<int32_t, 9>& g) {
  const auto along = [](int32_t a, int32_t b, int32_t c, size_t i) {
    const std::array<int32_t, 4> sums{2 * a, a + b + c, a - b + c, 2 * c};
    return sums[i];
  };
  std::array<int32_t, 16> result{};
  for (size_t i = 0; i < 4; ++i) {
    std::array<int32_t, 3> row{};
    for (size_t x = 0; x < 3; ++x) row[x] = along(g[x], g[3 + x], g[6 + x], i);
    for (size_t j = 0; j < 4; ++j) result[4 * i + j] = along(row[0], row[1], row[2], j);
  }
  return result;
}

// Channels lie as inputs are widened: 0 and 2, then 1 and 3 of each four.
inline std::vector<int32_t> parameters(const ir::Op& op) {
  const BlockLayer layer(op);
  const int64_t channels = layer.taps() / 9;
  const auto transformed_weights = [&](int64_t o, int64_t c) {
    std::array<int32_t, 9> g{};
    for (size_t k = 0; k < 9; ++k) g[k] = layer.weight(o, static_cast<int64_t>(k) * channels + c);
    return transformed(g);
  };
  std::vector<int32_t> packed;
  for (int64_t first = 0; first < layer.outputs(); first += 4) {
    for (int64_t o = first; o < first + 4; ++o) packed.push_back(layer.start(o));
    for (int64_t o = first; o < first + 4; ++o) packed.push_back(layer.multiplier(o));
    const size_t weights = packed.size();
    packed.resize(weights + static_cast<size_t>(32 * channels));
    for (int64_t pair = 0; pair < channels / 2; ++pair) {
      const int64_t c = pair / 2 * 4 + pair % 2;
      for (int64_t o = 0; o < 4; ++o) {
        const std::array<int32_t, 16> low = transformed_weights(first + o, c);
        const std::array<int32_t, 16> high = transformed_weights(first + o, c + 2);
        for (size_t at = 0; at < 16; ++at) {
          const size_t place = at * static_cast<size_t>(2 * channels) + static_cast<size_t>(4 * pair + o);
          packed[weights + place] = lane_pair(low[at], high[at]);
        }
      }
    }
  }
  return packed;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Image2d image = conv_image(op);
  Built built;
  built.geometry = {{"in_h", image.in_h},         {"in_w", image.in_w},        {"in_c", image.in_c},
                    {"out_w", image.out_w},       {"out_c", image.out_c},      {"tiles", tiles(image)},
                    {"pad_h", image.h.pad_begin}, {"pad_w", image.w.pad_begin}};
  add_block_fields(op, built.geometry);
  built.constants = {packed(
      "parameters", "[out_c / 4]: 4 biases, 4 multipliers, transformed weights [16][in_c / 2] of 4 channels in pairs",
      parameters(op))};
  return built;
}

inline int layer_code_bytes(const ir::Op& op, const Variant&) {
  const int64_t words = conv_image(op).in_c / 2;
  return static_cast<int>(1180 + 64 * std::min<int64_t>(words, 16));
}

// Per tile: 32 channel-wise sums of each pair of channels; per two tiles and four results 16 products with 6 loads in 2
// groups per pair; 24 sums, as many moves and four results per output channel.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const auto words = static_cast<double>(image.in_c / 2);
  const auto row_tiles = static_cast<double>(tiles(image));
  const double input = words * (8 * t.load + 8 * t.alu + 32 * t.alu + 16 * t.store + 10 * t.alu);
  const double product = 2 * (t.load - t.load_next) + 6 * t.load_next + 8 * t.dual_mac;
  const double turns = words > 16 ? words / 16 * (t.load + 3 * t.alu + t.branch) + 11 * t.alu : t.alu;
  const double pair = words * product + turns + t.load + t.load_next + 9 * t.store + t.alu + t.branch;
  const double products = 16 * (row_tiles / 2 * pair + 12 * t.alu + 2 * t.load);
  const double result = 16 * t.load + 50 * t.alu + 4 * (4 * t.alu + t.store);
  const auto blocks = static_cast<double>(image.out_c / 4);
  const double row = row_tiles * input + blocks * (products + row_tiles * 4 * result);
  return static_cast<double>((image.out_h + 1) / 2 * op.result_type().shape[0]) * row;
}

}  // namespace armv7em_dsp_conv_winograd_q8

inline const KernelDef armv7em_dsp_conv_winograd_q8_kernel = {
    .name = "conv_winograd_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"conv"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit 3 x 3 convolution by Winograd's F(2 x 2, 3 x 3), exact",
    .entry = "conv_winograd_q8",
    .geometry_type = "ConvWinogradQ8",
    .loops_over_batch = true,
    .pixels_per_read = 16,  // two rows of at least eight
    .tflite_rounding = true,
    .why_not = armv7em_dsp_conv_winograd_q8::why_not,
    .needs = armv7em_dsp_conv_winograd_q8::needs,
    .build = armv7em_dsp_conv_winograd_q8::build,
    .cycles = armv7em_dsp_conv_winograd_q8::cycles,
    .layer_code_bytes = armv7em_dsp_conv_winograd_q8::layer_code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_winograd_dsp.h"

// 8-bit 3 x 3 convolution with one group and stride 1, channels last, a multiple of 4 input and output channels.
struct ConvWinogradQ8 {
  int32_t in_h, in_w, in_c, out_w, out_c, tiles;
  int32_t pad_h, pad_w;
  int32_t zero_word, in_unsigned, offset, shift, out_unsigned;
};

// Columns of four channels take 8 words: two for each row of B^T d.
TINYC_KERNEL int32_t conv_winograd_q8_row(const ConvWinogradQ8& g) { return 2 * (2 * g.tiles + 2); }

TINYC_KERNEL void conv_winograd_q8_column(const ConvWinogradQ8& g, uint32_t d0, uint32_t d1, uint32_t d2, uint32_t d3,
                                          uint32_t* to) {
  const bool is_unsigned = g.in_unsigned != 0;
  winograd_column(extend_even(d0, is_unsigned), extend_even(d1, is_unsigned), extend_even(d2, is_unsigned),
                  extend_even(d3, is_unsigned), conv_winograd_q8_row(g), to);
  winograd_column(extend_odd(d0, is_unsigned), extend_odd(d1, is_unsigned), extend_odd(d2, is_unsigned),
                  extend_odd(d3, is_unsigned), conv_winograd_q8_row(g), to + 1);
}

// Columns left and right of the image.
TINYC_KERNEL void conv_winograd_q8_padding(const ConvWinogradQ8& g, uint32_t* columns) {
  const uint32_t zero = static_cast<uint32_t>(g.zero_word);
  for (int32_t x = -g.pad_w; x < 2 * g.tiles + 2 - g.pad_w; ++x, columns += 2) {
    if (x < 0 || x >= g.in_w) conv_winograd_q8_column(g, zero, zero, zero, zero, columns);
  }
}

// Columns of four channels of four rows (nullptr: padding, read again and again from one word).
TINYC_KERNEL void conv_winograd_q8_columns(const ConvWinogradQ8& g, const uint8_t* const* rows, int32_t c,
                                           uint32_t* columns) {
  const uint8_t* zero = static_cast<const uint8_t*>(static_cast<const void*>(&g.zero_word));
  const uint8_t* from[4];
  int32_t step[4];
  for (int32_t k = 0; k < 4; ++k) {
    from[k] = rows[k] == nullptr ? zero : rows[k] + c;
    step[k] = rows[k] == nullptr ? 0 : g.in_c;
  }
  const int32_t all = 2 * g.tiles + 2 - g.pad_w;
  const int32_t count = all < g.in_w ? all : g.in_w;
  columns += 2 * g.pad_w;
  for (const uint32_t* end = columns + 2 * count; columns != end; columns += 2) {
    conv_winograd_q8_column(g, load_word(from[0]), load_word(from[1]), load_word(from[2]), load_word(from[3]), columns);
    from[0] += step[0];
    from[1] += step[1];
    from[2] += step[2];
    from[3] += step[3];
  }
}

// Transformed inputs of a row of tiles: [16][tiles][in_c].
TINYC_KERNEL void conv_winograd_q8_inputs(const ConvWinogradQ8& g, const uint8_t* const* rows, uint32_t* columns,
                                          uint32_t* inputs) {
  const int32_t words = g.in_c / 2;
  const int32_t plane = g.tiles * words;
  conv_winograd_q8_padding(g, columns);
  for (int32_t c = 0; c < g.in_c; c += 4, inputs += 2) {
    conv_winograd_q8_columns(g, rows, c, columns);
    for (int32_t i = 0; i < 8; ++i) {  // even and odd channels of each row
      const uint32_t* row = columns + i / 2 * conv_winograd_q8_row(g) + i % 2;
      winograd_row(row, 2, g.tiles, words, plane, inputs + i / 2 * 4 * plane + i % 2);
    }
  }
}

TINYC_KERNEL uint8_t conv_winograd_q8_result(const ConvWinogradQ8& g, uint32_t sum, int32_t added, int32_t multiplier) {
  const int32_t scaled = static_cast<int32_t>(static_cast<uint32_t>(added) + (sum << 6));
  const int32_t value = multiply_high_add(scaled, multiplier, g.offset);
  return static_cast<uint8_t>(g.out_unsigned != 0 ? saturate_u8(value, g.shift) : saturate_s8(value, g.shift));
}

// Four channels of two rows (second: nullptr if there is none).
TINYC_KERNEL void conv_winograd_q8_outputs(const ConvWinogradQ8& g, const int32_t* sums, const int32_t* parameters,
                                           uint8_t* first, uint8_t* second) {
  for (int32_t o = 0; o < 4; ++o, ++first) {
    const int32_t added = parameters[o];
    const int32_t multiplier = parameters[4 + o];
    uint8_t* below = second == nullptr ? first : second + o;
    for (int32_t x = 0, at = 0; x < g.out_w; x += 2, at += 2 * g.out_c) {
      const WinogradResults results = winograd_results(sums + 2 * x + o, 4 * g.tiles);
      const bool both = x + 1 < g.out_w;
      if (both) below[at + g.out_c] = conv_winograd_q8_result(g, results.bottom_right, added, multiplier);
      below[at] = conv_winograd_q8_result(g, results.bottom_left, added, multiplier);
      if (both) first[at + g.out_c] = conv_winograd_q8_result(g, results.top_right, added, multiplier);
      first[at] = conv_winograd_q8_result(g, results.top_left, added, multiplier);
    }
  }
}

TINYC_KERNEL void conv_winograd_q8(const ConvWinogradQ8& g, const Rows& in, const Rows& out, const int32_t* parameters,
                                   uint8_t* scratch, int32_t y0, int32_t y1) {
  // Columns lie where sums will.
  const int32_t plane = g.tiles * g.in_c / 2;
  uint32_t* inputs = static_cast<uint32_t*>(static_cast<void*>(scratch));
  int32_t* sums = static_cast<int32_t*>(static_cast<void*>(scratch)) + 16 * plane;
  for (int32_t y = y0; y < y1; y += 2) {
    const uint8_t* rows[4];
    for (int32_t k = 0; k < 4; ++k) rows[k] = k < 3 || y + 1 < y1 ? row_within(in, y - g.pad_h + k, g.in_h) : nullptr;
    conv_winograd_q8_inputs(g, rows, inputs + 16 * plane, inputs);
    const int32_t* p = parameters;
    uint8_t* first = row_at(out, y);
    uint8_t* second = y + 1 < y1 ? row_at(out, y + 1) : nullptr;
    for (int32_t o = 0; o < g.out_c; o += 4, p += 8 + 32 * g.in_c) {
      for (int32_t at = 0; at < 16; ++at)
        winograd_products_dsp(g.in_c / 2, g.tiles, inputs + at * plane, p + 8 + at * 2 * g.in_c,
                              sums + at * 4 * g.tiles);
      conv_winograd_q8_outputs(g, sums, p, first + o, second == nullptr ? nullptr : second + o);
    }
  }
}
