// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 simple recurrent layer over all steps.
#include "backends/kernel_recurrent.h"

namespace tinyc {
namespace portable_rnn_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  return need_gates(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return recurrent_needs(op, 0); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = recurrent_geometry(op, 1, {});
  built.constants = {packed("lengths", "steps per batch entry", lengths_of(op))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.float_mac + t.alu, 100 * t.float_mac);
}

}  // namespace portable_rnn_f32

inline const KernelDef portable_rnn_f32_kernel = {
    .name = "rnn_f32",
    .isa = Isa::portable,
    .ops = {"rnn"},
    .types = "f32 -> f32",
    .summary = "float32 simple recurrent layer",
    .entry = "rnn_f32",
    .geometry_type = "RnnF32",
    .constant_rows = true,
    .absent_rows = true,
    .why_not = portable_rnn_f32::why_not,
    .needs = portable_rnn_f32::needs,
    .build = portable_rnn_f32::build,
    .cycles = portable_rnn_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/recurrent_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [steps][batch][inputs], w [directions][units][inputs], r [directions][units][hidden], bias of w, then of r.
struct RnnF32 {
  int32_t steps, batch, inputs, hidden, directions, reverse;
  float clip;
  int32_t kind_f;
  float alpha_f, beta_f;
};

TINYC_KERNEL void rnn_f32(const RnnF32& g, const Rows& x, const Rows& w, const Rows& r, const Rows& bias,
                          const Rows& initial_h, const Rows& y, const Rows& y_h, const int32_t* lengths, int32_t y0,
                          int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  const Gate f = {g.kind_f, g.alpha_f, g.beta_f};
  const auto start = [&](int32_t, int32_t, int32_t at, float* h) { start_state_f32(h, initial_h, at, g.hidden); };
  recurrent_f32(g, y, y_h, lengths, start, [&](int32_t d, int32_t b, int32_t t, const float* h, float* to) {
    const float* line = row_of<const float>(x, 0) + (t * g.batch + b) * g.inputs;
    const float* from_w = row_of<const float>(w, 0) + d * g.hidden * g.inputs;
    const float* from_r = row_of<const float>(r, 0) + d * g.hidden * g.hidden;
    const float* add = operand_f32(bias, d * 2 * g.hidden);
    for (int32_t i = 0; i < g.hidden; ++i) {
      const float start_sum = add == nullptr ? 0.0f : add[i] + add[g.hidden + i];
      const float sum = gate_sum_f32(from_w + i * g.inputs, line, g.inputs, start_sum);
      to[i] = gate_f32(f, g.clip, gate_sum_f32(from_r + i * g.hidden, h, g.hidden, sum));
    }
  });
}
