// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer: 4 outputs of one or two lines at a time in registers.
#include "backends/kernel_tile.h"

namespace tinyc {
namespace portable_fully_connected_tile_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (op.operand_type(1).shape[0] % 4 != 0) return "needs a multiple of 4 outputs";
  return need_integer_layer(op, 8);
}

inline std::vector<Variant> variants(const ir::Op& op) {
  std::vector<Variant> all = tile_variants();
  if (lines_per_row(op) < 2) all.erase(all.begin());
  return all;
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant& variant) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  add_tile_parameters(built, op, variant);
  return built;
}

inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  return tile_cycles(op, variant, t);
}

}  // namespace portable_fully_connected_tile_q8

inline const KernelDef portable_fully_connected_tile_q8_kernel = {
    .name = "fully_connected_tile_q8",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit fully connected layer, 4 outputs of 1 or 2 lines in registers",
    .entry = "fully_connected_tile_q8",
    .geometry_type = "FullyConnectedTileQ8",
    .mean_code_bytes = 680,
    .tflite_rounding = true,
    .why_not = portable_fully_connected_tile_q8::why_not,
    .variants = portable_fully_connected_tile_q8::variants,
    .needs = portable_fully_connected_tile_q8::needs,
    .build = portable_fully_connected_tile_q8::build,
    .cycles = portable_fully_connected_tile_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/tile_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row; a multiple of 4 outputs.
struct FullyConnectedTileQ8 {
  int32_t lines, inputs, outputs;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
  int32_t windows, small, merged, offset, merged_shift, out_unsigned;
};

TINYC_KERNEL void fully_connected_tile_q8_lines(const FullyConnectedTileQ8& g, const uint8_t* line, int32_t windows,
                                                const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                                const int32_t* shift, uint8_t* to) {
  const bool is_unsigned = g.in_unsigned != 0;
  const int32_t excess = g.small != 0 ? tile_q8_excess(line, g.inputs, is_unsigned) : 0;
  for (int32_t o = 0; o < g.outputs; o += 4, weights += 4 * g.inputs) {
    TileSums s = {excess, excess, excess, excess, 0, 0, 0, 0};
    tile_q8_run(s, line, g.inputs, windows, is_unsigned, weights, g.small != 0, g.inputs);
    tile_q8_results(g, s, windows, bias, multiplier, shift, o, g.outputs, to + o);
  }
}

TINYC_KERNEL void fully_connected_tile_q8(const FullyConnectedTileQ8& g, const Rows& in, const Rows& out,
                                          const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                          const int32_t* shift, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* line = row_at(in, y);
    uint8_t* to = row_at(out, y);
    int32_t i = 0;
    for (; g.windows == 2 && i + 2 <= g.lines; i += 2)
      fully_connected_tile_q8_lines(g, line + i * g.inputs, 2, weights, bias, multiplier, shift, to + i * g.outputs);
    for (; i < g.lines; ++i)
      fully_connected_tile_q8_lines(g, line + i * g.inputs, 1, weights, bias, multiplier, shift, to + i * g.outputs);
  }
}
