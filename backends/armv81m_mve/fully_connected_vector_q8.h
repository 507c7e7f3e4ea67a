// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer by vectors of 16 products, 4 outputs at a time.
#include "backends/kernel_vector.h"

namespace tinyc {
namespace armv81m_mve_fully_connected_vector_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_vector_layer(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  built.constants = {vector_weights(op, 1)};
  add_vector_scaling(built, op, false);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const ir::Shape& w = op.operand_type(1).shape;
  const auto blocks = static_cast<double>(op.result_type().elements() / w[0] * ((w[0] + 3) / 4));
  return blocks * (static_cast<double>((w[1] + 15) / 16) * 18 * t.alu + 30 * t.alu);
}

}  // namespace armv81m_mve_fully_connected_vector_q8

inline const KernelDef armv81m_mve_fully_connected_vector_q8_kernel = {
    .name = "fully_connected_vector_q8",
    .isa = Isa::armv81m_mve,
    .ops = {"fully_connected"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit fully connected layer, vectors of 16 products for 4 outputs",
    .entry = "fully_connected_vector_q8",
    .geometry_type = "FullyConnectedVectorQ8",
    .mean_code_bytes = 220,
    .tflite_rounding = true,
    .why_not = armv81m_mve_fully_connected_vector_q8::why_not,
    .needs = armv81m_mve_fully_connected_vector_q8::needs,
    .build = armv81m_mve_fully_connected_vector_q8::build,
    .cycles = armv81m_mve_fully_connected_vector_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_mve.h"

struct FullyConnectedVectorQ8 {
  int32_t lines, inputs, outputs;
  int32_t offset, shift, in_unsigned, out_unsigned;
};

TINYC_KERNEL void fully_connected_vector_q8(const FullyConnectedVectorQ8& g, const Rows& in, const Rows& out,
                                            const int8_t* weights, const int32_t* added, const int32_t* multiplier,
                                            int32_t y0, int32_t y1) {
  const MveScaling scaling = {added, multiplier, g.offset, g.shift, g.out_unsigned != 0};
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* line = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.inputs, to += g.outputs) {
      const int8_t* w = weights;
      for (int32_t o = 0; o < g.outputs; o += 4, w += (g.inputs + 15) / 16 * 64) {
        MveSums s = {0, 0, 0, 0};
        MveSums none = {0, 0, 0, 0};
        mve_dot_4(s, none, line, 0, 1, g.in_unsigned != 0, w, g.inputs);
        mve_results_4(s, scaling, o, g.outputs % 4 == 0, g.outputs - o, to + o);
      }
    }
  }
}
