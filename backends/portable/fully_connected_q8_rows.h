// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer over a whole image whose rows come one by one: sums in scratch, the result with the last row.
#include "backends/kernel_conv.h"

namespace tinyc {
namespace portable_fully_connected_q8_rows {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_8bit(op.result_type(), "its result")) return reason;
  if (flattened_rows(op) < 2) return "needs a flattened input of several rows";
  if (op.result_type().elements() != op.operand_type(1).shape[0]) return "needs one line";
  return need_integer_layer(op, 8);
}

// Pipelines run rows either way.
inline std::vector<Variant> variants(const ir::Op&) { return {{"from the first row", {0}}, {"from the last row", {1}}}; }

inline Needs needs(const ir::Op& op, const Variant& variant) {
  Needs needs = row_by_row(op, WriteFront::row);
  needs.inputs[0].window = InputWindow{};
  needs.accumulates = variant.parameters[0] ? Accumulates::from_last : Accumulates::from_first;
  needs.taken_rows = flattened_rows(op);
  needs.scratch_bytes = 4 * op.result_type().elements();
  return needs;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {
      {"in_rows", flattened_rows(op)}, {"inputs", w[1]}, {"outputs", w[0]}, {"from_last", variant.parameters[0]}};
  add_requantization(built, op);
  built.constants.insert(built.constants.begin(),
                         packed("weights", "[outputs][inputs], zero points taken off", centred_as<int8_t>(op)));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const double per_row = static_cast<double>(op.result_type().elements() * flattened_rows(op)) *
                         (t.load + t.store + 10 * t.alu);
  return layer_cycles(op, 2 * t.load_next + t.mla + 2 * t.alu, t.mul_wide + t.store + 12 * t.alu) + per_row;
}

}  // namespace portable_fully_connected_q8_rows

inline const KernelDef portable_fully_connected_q8_rows_kernel = {
    .name = "fully_connected_q8_rows",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit fully connected layer over an image, row by row",
    .entry = "fully_connected_q8_by_rows",
    .geometry_type = "FullyConnectedQ8ByRows",
    .mean_code_bytes = 250,
    .tflite_rounding = true,
    .why_not = portable_fully_connected_q8_rows::why_not,
    .variants = portable_fully_connected_q8_rows::variants,
    .needs = portable_fully_connected_q8_rows::needs,
    .build = portable_fully_connected_q8_rows::build,
    .cycles = portable_fully_connected_q8_rows::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/dot_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) over all rows of the input, which come once, from the first or from the
// last. y0 and y1 are input rows; the first holds the first inputs.
struct FullyConnectedQ8ByRows {
  int32_t in_rows, inputs, outputs, from_last;
  int32_t in_zero, out_zero, low, high;
  int32_t in_unsigned, rounding;
};

TINYC_KERNEL void fully_connected_q8_by_rows(const FullyConnectedQ8ByRows& g, const Rows& in, const Rows& out,
                                             const int8_t* weights, const int32_t* bias, const int32_t* multiplier,
                                             const int32_t* shift, uint8_t* scratch, int32_t y0, int32_t y1) {
  int32_t* sums = static_cast<int32_t*>(static_cast<void*>(scratch));
  const int32_t count = g.inputs / g.in_rows;
  for (int32_t i = 0; i < y1 - y0; ++i) {
    const int32_t y = g.from_last != 0 ? y1 - 1 - i : y0 + i;
    const uint8_t* from = row_at(in, y);
    const bool first = y == (g.from_last != 0 ? g.in_rows - 1 : 0);
    for (int32_t o = 0; o < g.outputs; ++o) {
      sums[o] = dot_q8(first ? bias[o] : sums[o], from, g.in_unsigned != 0, weights + o * g.inputs + y * count, count);
    }
    if (y != (g.from_last != 0 ? 0 : g.in_rows - 1)) continue;
    uint8_t* to = row_at(out, 0);
    for (int32_t o = 0; o < g.outputs; ++o) {
      const int32_t result = g.out_zero + requantize(sums[o], multiplier[o], shift[o], g.rounding);
      to[o] = static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
    }
  }
}
