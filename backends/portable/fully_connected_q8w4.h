// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer whose weights have 4 bits and stay packed, two per byte.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_fully_connected_q8w4 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 4);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {
      {"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}, {"lowest_weight", *lowest_nibble(op)}};
  add_requantization(built, op);
  built.constants.insert(built.constants.begin(),
                         packed("weights", "outputs by 4 [inputs][4], the rest singly; zero points taken off",
                                nibbles(in_blocks_of_4(centred_as<int8_t>(op), w[0], 1), *lowest_nibble(op))));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load / 4 + t.load_next + t.mla + 3 * t.alu, t.mul_wide + t.store + 12 * t.alu);
}

}  // namespace portable_fully_connected_q8w4

inline const KernelDef portable_fully_connected_q8w4_kernel = {
    .name = "fully_connected_q8w4",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8 x i4 -> q8",
    .summary = "8-bit fully connected layer, packed 4-bit weights",
    .entry = "fully_connected_q8w4",
    .geometry_type = "FullyConnectedQ8W4",
    .mean_code_bytes = 570,
    .tflite_rounding = true,
    .why_not = portable_fully_connected_q8w4::why_not,
    .needs = portable_fully_connected_q8w4::needs,
    .build = portable_fully_connected_q8w4::build,
    .cycles = portable_fully_connected_q8w4::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/fully_connected_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row.
struct FullyConnectedQ8W4 {
  int32_t lines, inputs, outputs, lowest_weight;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL void fully_connected_q8w4(const FullyConnectedQ8W4& g, const Rows& in, const Rows& out,
                                       const uint8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                       const int32_t* shift, int32_t y0, int32_t y1) {
  fully_connected_q8_rows<uint8_t>(g, in, out, Nibbles{weights, 0, g.lowest_weight}, bias, y0, y1,
                                   [&](uint8_t* row, int32_t at, int32_t o, int32_t sum) {
                                     const int32_t result =
                                         g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
                                     row[at] = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
                                   });
}
