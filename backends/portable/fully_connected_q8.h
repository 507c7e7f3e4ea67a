// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer.
#include "backends/kernel_support.h"
#include "ir/op_def.h"

namespace tinyc {
namespace portable_fully_connected_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_integer_layer_8(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  const ir::Shape& w = op.operand_type(1).shape;
  std::vector<int8_t> weights;
  for (const int32_t weight : centred_weights(op)) weights.push_back(static_cast<int8_t>(weight));
  Built built;
  built.geometry = {{"lines", op.result_type().elements() / w[0] / row_count(op.result_type())},
                    {"inputs", w[1]},
                    {"outputs", w[0]},
                    {"out_zero", op.result_type().quant->zero_point()},
                    {"low", clamp.low},
                    {"high", clamp.high},
                    {"in_unsigned", is_unsigned_8(op.operand_type(0))},
                    {"ties", requantization.ties}};
  built.constants = {packed("weights", "[outputs][inputs], zero points taken off", weights),
                     packed("bias", "with the input's zero point folded in", requantization.bias),
                     packed("multiplier", "per output", requantization.multiplier),
                     packed("shift", "per output", requantization.shift)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& timing) {
  const auto macs = static_cast<double>(op.def->macs(op));
  const auto results = static_cast<double>(op.result_type().elements());
  return macs * (2 * timing.load + timing.mla + timing.alu) +
         results * (timing.mul_wide + timing.store + 12 * timing.alu);
}

}  // namespace portable_fully_connected_q8

inline const KernelDef portable_fully_connected_q8_kernel = {
    .name = "fully_connected_q8",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit fully connected layer, plain loops",
    .entry = "fully_connected_q8",
    .geometry_type = "FullyConnectedQ8",
    .why_not = portable_fully_connected_q8::why_not,
    .needs = portable_fully_connected_q8::needs,
    .build = portable_fully_connected_q8::build,
    .cycles = portable_fully_connected_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row.
struct FullyConnectedQ8 {
  int32_t lines, inputs, outputs;
  int32_t out_zero, low, high;
  int32_t in_unsigned, ties;
};

TINYC_KERNEL void fully_connected_q8(const FullyConnectedQ8& g, const Rows& in, const Rows& out, const int8_t* weights,
                                     const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int32_t y0,
                                     int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* line = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.inputs) {
      for (int32_t o = 0; o < g.outputs; ++o) {
        const int8_t* w = weights + o * g.inputs;
        int32_t sum = bias[o];
        for (int32_t k = 0; k < g.inputs; ++k) sum += load_8(line, k, g.in_unsigned != 0) * w[k];
        const int32_t result = g.out_zero + requantize(sum, multiplier[o], shift[o], g.ties != 0);
        *to++ = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
      }
    }
  }
}
