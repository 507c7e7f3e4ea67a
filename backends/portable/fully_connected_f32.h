// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 fully connected layer, four outputs at a time.
#include "backends/kernel_conv.h"
#include "backends/kernel_functions.h"
#include "backends/kernel_vfp.h"

namespace tinyc {
namespace portable_fully_connected_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float_activation(op)) return reason;
  return need_float_layer(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  built.constants = {packed("weights", "outputs by 4 [inputs][4], the rest singly",
                            in_blocks_of_4(float_operand(op, 1, w[0] * w[1]), w[0], 1)),
                     packed("bias", "per output", float_operand(op, 2, w[0]))};
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  if (has_vfp_loops(t)) return vfp_fully_connected_cycles(op, t);
  return layer_cycles(op, t.load_next + t.load / 4 + t.float_mac + t.alu / 2, t.load + t.store + 6 * t.alu);
}

}  // namespace portable_fully_connected_f32

inline const KernelDef portable_fully_connected_f32_kernel = {
    .name = "fully_connected_f32",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 fully connected layer, four outputs at a time",
    .entry = "fully_connected_f32",
    .geometry_type = "FullyConnectedF32",
    .mean_code_bytes = 360,
    .why_not = portable_fully_connected_f32::why_not,
    .needs = portable_fully_connected_f32::needs,
    .build = portable_fully_connected_f32::build,
    .cycles = portable_fully_connected_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/dot_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = activation(bias[o] + sum x[k] * w[o][k]) for every line of a row.
struct FullyConnectedF32 {
  int32_t lines, inputs, outputs;
};

template <class Activation>
TINYC_KERNEL void fully_connected_f32(const FullyConnectedF32& g, const Rows& in, const Rows& out, const float* weights,
                                      const float* bias, Activation activation, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* line = row_of<const float>(in, y);
    float* to = row_of<float>(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.inputs, to += g.outputs) {
      int32_t o = 0;
      for (; o + 4 <= g.outputs; o += 4) {
        Sums4F32 sums = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
        dot4_f32(sums, line, weights + o * g.inputs, g.inputs, 4);
        to[o] = activation(sums.s0);
        to[o + 1] = activation(sums.s1);
        to[o + 2] = activation(sums.s2);
        to[o + 3] = activation(sums.s3);
      }
      for (; o < g.outputs; ++o) to[o] = activation(dot_f32(bias[o], line, weights + o * g.inputs, g.inputs, 1));
    }
  }
}
