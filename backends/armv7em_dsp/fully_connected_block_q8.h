// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// 8-bit fully connected layer on the DSP extension: 8 outputs at a time in registers, weights in 8 bits.
#include "backends/kernel_block.h"
#include "backends/kernel_conv.h"
#include "ir/op_def.h"

namespace tinyc {
namespace armv7em_dsp_fully_connected_block_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (op.operand_type(1).shape[1] % 4 != 0) return "needs a multiple of 4 inputs";
  return need_block_layer(op, 1);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)},
                    {"inputs", w[1]},
                    {"outputs", w[0]},
                    {"flip", static_cast<int32_t>(line_flip(op.operand_type(0)))}};
  add_block_results(op, built.geometry);
  built.constants = {packed("parameters", "[outputs / 8]: 8 biases, 8 words of weights per 4 inputs, 8 multipliers",
                            line_parameters(op))};
  return built;
}

// Per 4 inputs and 8 outputs: 9 loads in 4 groups, 4 preparations, 8 extensions, 16 dual products.
inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const ir::Shape& w = op.operand_type(1).shape;
  const double word = 4 * (t.load - t.load_next) + 9 * t.load_next + 12 * t.alu + 16 * t.dual_mac;
  const auto lines = static_cast<double>(op.result_type().elements() / w[0]);
  const auto blocks = static_cast<double>((w[0] + 7) / 8);
  return lines * blocks * (static_cast<double>(w[1] / 4) * word + 40 * t.alu + 20 * t.load + 8 * t.store);
}

}  // namespace armv7em_dsp_fully_connected_block_q8

inline const KernelDef armv7em_dsp_fully_connected_block_q8_kernel = {
    .name = "fully_connected_block_q8",
    .isa = Isa::armv7em_dsp,
    .ops = {"fully_connected"},
    .types = "q8 x i8 -> q8",
    .summary = "8-bit fully connected layer, 8 outputs in registers",
    .entry = "fully_connected_block_q8",
    .geometry_type = "FullyConnectedBlockQ8",
    .mean_code_bytes = 1250,
    .tflite_rounding = true,
    .why_not = armv7em_dsp_fully_connected_block_q8::why_not,
    .needs = armv7em_dsp_fully_connected_block_q8::needs,
    .build = armv7em_dsp_fully_connected_block_q8::build,
    .cycles = armv7em_dsp_fully_connected_block_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_line_dsp.h"

// y[o] = requantize(bias[o] + sum x[k] * w[o][k]) for every line of a row; a multiple of 4 inputs.
struct FullyConnectedBlockQ8 {
  int32_t lines, inputs, outputs;
  int32_t flip, offset, shift, out_unsigned;
};

TINYC_KERNEL void fully_connected_block_q8(const FullyConnectedBlockQ8& g, const Rows& in, const Rows& out,
                                           const int32_t* parameters, int32_t y0, int32_t y1) {
  const int32_t words = g.inputs / 4;
  const int32_t blocks = g.outputs / 8;
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* x = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, x += g.inputs, to += g.outputs) {
      if (blocks > 0) {
        line_dsp(words, static_cast<uint32_t>(g.flip), g.offset, g.shift, g.out_unsigned, blocks, x, parameters, to);
      }
      if (g.outputs == 8 * blocks) continue;
      uint8_t rest[8];
      line_dsp(words, static_cast<uint32_t>(g.flip), g.offset, g.shift, g.out_unsigned, 1, x,
               parameters + blocks * line_dsp_parameters(words), rest);
      for (int32_t k = 0; 8 * blocks + k < g.outputs; ++k) to[8 * blocks + k] = rest[k];
    }
  }
}
