// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Int16 fully connected layer with 8-bit weights whose sums fit 32 bits.
#include "backends/kernel_wide.h"

namespace tinyc {
namespace portable_fully_connected_q16 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_narrow(op.result_type(), "its result")) return reason;
  return need_integer_layer(op, 8, ir::Element::i16);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  add_requantization(built, op);
  built.geometry.push_back({"out_kind", narrow_kind(op.result_type())});
  built.constants.insert(built.constants.begin(),
                         packed("weights", "outputs by 4 [inputs][4], the rest singly; zero points taken off",
                                in_blocks_of_4(centred_as<int8_t>(op), w[0], 1)));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, t.load / 4 + t.load_next + t.mla + t.alu, t.mul_wide + t.store + 12 * t.alu);
}

}  // namespace portable_fully_connected_q16

inline const KernelDef portable_fully_connected_q16_kernel = {
    .name = "fully_connected_q16",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "i16 x i8 -> q8, q16",
    .summary = "int16 fully connected layer, 8-bit weights",
    .entry = "fully_connected_q16",
    .geometry_type = "FullyConnectedQ16",
    .why_not = portable_fully_connected_q16::why_not,
    .needs = portable_fully_connected_q16::needs,
    .build = portable_fully_connected_q16::build,
    .cycles = portable_fully_connected_q16::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/fully_connected_q8.h"
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row.
struct FullyConnectedQ16 {
  int32_t lines, inputs, outputs;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding, out_kind;
};

TINYC_KERNEL void fully_connected_q16(const FullyConnectedQ16& g, const Rows& in, const Rows& out,
                                      const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                      const int32_t* shift, int32_t y0, int32_t y1) {
  fully_connected_q8_rows<int16_t>(
      g, in, out, weights, bias, y0, y1, [&](uint8_t* row, int32_t at, int32_t o, int32_t sum) {
        const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.rounding);
        store_narrow(row, at, g.out_kind, clamp_s32(result, g.low, g.high));
      });
}
