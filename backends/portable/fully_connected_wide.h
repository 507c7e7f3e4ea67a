// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Fully connected layer of 8- or 16-bit integers with 64-bit sums: whatever the narrower kernels refuse.
#include "backends/kernel_wide.h"

namespace tinyc {
namespace portable_fully_connected_wide {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_wide_layer(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::row); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& w = op.operand_type(1).shape;
  Built built;
  built.geometry = {{"lines", lines_per_row(op)}, {"inputs", w[1]}, {"outputs", w[0]}};
  add_wide_layer(built, op);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.mul_wide + 3 * t.alu, 2 * t.mul_wide + t.store + 30 * t.alu);
}

}  // namespace portable_fully_connected_wide

inline const KernelDef portable_fully_connected_wide_kernel = {
    .name = "fully_connected_wide",
    .isa = Isa::portable,
    .ops = {"fully_connected"},
    .types = "q8, q16 x i16 -> q8, q16",
    .summary = "fully connected layer of 8- or 16-bit integers, 64-bit sums",
    .entry = "fully_connected_wide",
    .geometry_type = "FullyConnectedWide",
    .mean_code_bytes = 460,
    .why_not = portable_fully_connected_wide::why_not,
    .needs = portable_fully_connected_wide::needs,
    .build = portable_fully_connected_wide::build,
    .cycles = portable_fully_connected_wide::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// y[o] = requantize(bias[o] + sum (x[k] - in_zero) * w[o][k]) for every line of a row.
struct FullyConnectedWide {
  int32_t lines, inputs, outputs;
  int32_t in_zero, out_zero, low, high, in_kind, out_kind;
};

TINYC_KERNEL void fully_connected_wide(const FullyConnectedWide& g, const Rows& in, const Rows& out,
                                       const int16_t* weights, const int32_t* bias, const int32_t* multiplier,
                                       const int32_t* shift, int32_t y0, int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const uint8_t* from = row_at(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i) {
      for (int32_t o = 0; o < g.outputs; ++o) {
        int64_t sum = bias[o];
        for (int32_t k = 0; k < g.inputs; ++k)
          sum += static_cast<int64_t>(load_narrow(from, i * g.inputs + k, g.in_kind) - g.in_zero) *
                 weights[o * g.inputs + k];
        const int64_t result = g.out_zero + requantize_wide(sum, multiplier[o], shift[o]);
        store_narrow(to, i * g.outputs + o, g.out_kind, clamp_wide(result, g.low, g.high));
      }
    }
  }
}
