// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer with the 32-bit sums as the result.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_fully_connected_q8_s32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.result_type().quantized()) return "needs the sums themselves as the result";
  return need_integer_layer(op, 16);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  built.geometry.push_back({"in_unsigned", is_unsigned_8(op.operand_type(0))});
  built.constants = {packed("weights", "outputs by 4 [inputs][4], the rest singly; zero points taken off",
                            in_blocks_of_4(centred_as<int16_t>(op), w[0], 1)),
                     packed("bias", "with the input's zero point folded in", requantization_of(op).bias)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load / 4 + t.load_next + t.mla + t.alu, t.store + 8 * t.alu);
}

}  // namespace portable_fully_connected_q8_s32

inline const KernelDef portable_fully_connected_q8_s32_kernel = {
    .name = "fully_connected_q8_s32",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8 x i16 -> i32",
    .summary = "8-bit fully connected layer, sums",
    .entry = "fully_connected_q8_s32",
    .geometry_type = "FullyConnectedQ8S32",
    .mean_code_bytes = 180,
    .why_not = portable_fully_connected_q8_s32::why_not,
    .needs = portable_fully_connected_q8_s32::needs,
    .build = portable_fully_connected_q8_s32::build,
    .cycles = portable_fully_connected_q8_s32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/fully_connected_q8.h"
#include "backends/portable/shared/integers.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = bias[o] + sum x[k] * w[o][k] for every line of a row.
struct FullyConnectedQ8S32 {
  int32_t lines, inputs, outputs, in_unsigned;
};

TINYC_KERNEL void fully_connected_q8_s32(const FullyConnectedQ8S32& g, const Rows& in, const Rows& out,
                                         const int16_t* weights, const int32_t* bias, int32_t y0, int32_t y1) {
  fully_connected_q8_rows<uint8_t>(
      g, in, out, weights, bias, y0, y1,
      [&](uint8_t* row, int32_t at, int32_t, int32_t sum) { store_as(row + at * 4, sum); });
}
