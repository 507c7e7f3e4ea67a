// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer whose weights need 16 bits once their zero point is taken off.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_fully_connected_q8w16 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 16);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  add_requantization(built, op);
  built.constants.insert(built.constants.begin(),
                         packed("weights", "outputs by 4 [inputs][4], the rest singly; zero points taken off",
                                in_blocks_of_4(centred_as<int16_t>(op), w[0], 1)));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load / 3.5 + t.load_next + t.mla + t.alu, t.mul_wide + t.store + 12 * t.alu);
}

}  // namespace portable_fully_connected_q8w16

inline const KernelDef portable_fully_connected_q8w16_kernel = {
    .name = "fully_connected_q8w16",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8 x i16 -> q8",
    .summary = "8-bit fully connected layer, plain loops, 16-bit weights",
    .entry = "fully_connected_q8w16",
    .geometry_type = "FullyConnectedQ8W16",
    .mean_code_bytes = 280,
    .tflite_rounding = true,
    .why_not = portable_fully_connected_q8w16::why_not,
    .needs = portable_fully_connected_q8w16::needs,
    .build = portable_fully_connected_q8w16::build,
    .cycles = portable_fully_connected_q8w16::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/fully_connected_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row.
struct FullyConnectedQ8W16 {
  int32_t lines, inputs, outputs;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL void fully_connected_q8w16(const FullyConnectedQ8W16& g, const Rows& in, const Rows& out,
                                        const int16_t* weights, const int32_t* bias, const int32_t* multiplier,
                                        const int32_t* shift, int32_t y0, int32_t y1) {
  fully_connected_q8_rows<uint8_t>(
      g, in, out, weights, bias, y0, y1, [&](uint8_t* row, int32_t at, int32_t o, int32_t sum) {
        const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
        row[at] = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
      });
}
