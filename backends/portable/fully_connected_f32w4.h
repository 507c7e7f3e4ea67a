// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 fully connected layer whose weights stay 4-bit integers, two per byte, with a scale per output or block of
// inputs.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"

namespace tinyc {
namespace portable_fully_connected_f32w4 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float_activation(op)) return reason;
  return need_quantized_weights(op, 4);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  const int64_t block = op.operand_type(1).quant->block != 0 ? op.operand_type(1).quant->block : w[1];
  const int64_t blocks = block == 0 ? 0 : (w[1] + block - 1) / block;
  Built built;
  built.geometry = {
      {"lines", lines_per_row(op)},         {"inputs", w[1]}, {"outputs", w[0]}, {"block", block}, {"blocks", blocks},
      {"lowest_weight", *lowest_nibble(op)}};
  built.constants = {
      packed("weights", "outputs by 4 [inputs][4], the rest singly; zero points taken off",
             nibbles(in_blocks_of_4(centred_as<int8_t>(op), w[0], 1), *lowest_nibble(op))),
      packed("scale", "outputs by 4 [blocks][4], the rest singly", in_blocks_of_4(weight_scales(op), w[0], 1)),
      packed("bias", "per output", float_operand(op, 2, w[0]))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load_next + t.load / 4 + t.float_mac + t.float_add + 3 * t.alu,
                      t.load + t.store + 10 * t.alu);
}

}  // namespace portable_fully_connected_f32w4

inline const KernelDef portable_fully_connected_f32w4_kernel = {
    .name = "fully_connected_f32w4",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "f32 x i4 -> f32",
    .summary = "float32 fully connected layer, 4-bit weights",
    .entry = "fully_connected_f32w4",
    .geometry_type = "FullyConnectedF32W4",
    .mean_code_bytes = 640,
    .why_not = portable_fully_connected_f32w4::why_not,
    .needs = portable_fully_connected_f32w4::needs,
    .build = portable_fully_connected_f32w4::build,
    .cycles = portable_fully_connected_f32w4::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/fully_connected_blocks.h"
#include "backends/portable/shared/nibbles.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = activation(bias[o] + sum over blocks of scale[o][block] * sum of x[k] * w[o][k]) for every line of a row.
struct FullyConnectedF32W4 {
  int32_t lines, inputs, outputs, block, blocks, lowest_weight;
};

template <class Activation>
TINYC_KERNEL void fully_connected_f32w4(const FullyConnectedF32W4& g, const Rows& in, const Rows& out,
                                        const uint8_t* weights, const float* scale, const float* bias,
                                        Activation activation, int32_t y0, int32_t y1) {
  fully_connected_blocks(g, in, out, Nibbles{weights, 0, g.lowest_weight}, scale, bias, activation, y0, y1);
}
