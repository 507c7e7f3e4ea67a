// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 gated recurrent unit over all steps.
#include "backends/kernel_recurrent.h"

namespace tinyc {
namespace portable_gru_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  return need_gates(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return recurrent_needs(op, op.operand_type(2).shape[2] * 4); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = recurrent_geometry(op, 2, {{"linear", op.flag("linear_before_reset")}});
  built.constants = {packed("lengths", "steps per batch entry", lengths_of(op))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.float_mac + t.alu, 100 * t.float_mac);
}

}  // namespace portable_gru_f32

inline const KernelDef portable_gru_f32_kernel = {
    .name = "gru_f32",
    .isa = Isa::portable,
    .ops = {"gru"},
    .types = "f32 -> f32",
    .summary = "float32 gated recurrent unit",
    .entry = "gru_f32",
    .geometry_type = "GruF32",
    .constant_rows = true,
    .absent_rows = true,
    .mean_code_bytes = 700,
    .why_not = portable_gru_f32::why_not,
    .needs = portable_gru_f32::needs,
    .build = portable_gru_f32::build,
    .cycles = portable_gru_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/recurrent_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [steps][batch][inputs], w [directions][units][inputs], r [directions][units][hidden], bias of w, then of r.
struct GruF32 {
  int32_t steps, batch, inputs, hidden, directions, reverse, linear;
  float clip;
  int32_t kind_f;
  float alpha_f, beta_f;
  int32_t kind_g;
  float alpha_g, beta_g;
};

// Weights of one direction.
struct GruF32Weights {
  const float *w, *r, *bias;  // bias may be nullptr
};

// Sum of one unit and gate from x, or from h.
TINYC_KERNEL float gru_f32_from_x(const GruF32& g, const GruF32Weights& p, const float* x, int32_t unit) {
  return gate_sum_f32(p.w + unit * g.inputs, x, g.inputs, p.bias == nullptr ? 0.0f : p.bias[unit]);
}
TINYC_KERNEL float gru_f32_from_h(const GruF32& g, const GruF32Weights& p, const float* h, int32_t unit) {
  return gate_sum_f32(p.r + unit * g.hidden, h, g.hidden, p.bias == nullptr ? 0.0f : p.bias[3 * g.hidden + unit]);
}

// reset: for every unit the reset gate (linear) or the gate times the state.
TINYC_KERNEL void gru_f32_step(const GruF32& g, const GruF32Weights& p, const float* x, const float* h, float* to,
                               float* reset) {
  const Gate f = {g.kind_f, g.alpha_f, g.beta_f};
  const Gate activation = {g.kind_g, g.alpha_g, g.beta_g};
  for (int32_t i = 0; i < g.hidden; ++i) {
    const int32_t unit = g.hidden + i;
    reset[i] = gate_f32(f, g.clip, gru_f32_from_x(g, p, x, unit) + gru_f32_from_h(g, p, h, unit));
    if (g.linear == 0) reset[i] *= h[i];
  }
  for (int32_t i = 0; i < g.hidden; ++i) {
    const int32_t unit = 2 * g.hidden + i;
    const float recurrent = gru_f32_from_h(g, p, g.linear != 0 ? h : reset, unit) * (g.linear != 0 ? reset[i] : 1.0f);
    const float update = gate_f32(f, g.clip, gru_f32_from_x(g, p, x, i) + gru_f32_from_h(g, p, h, i));
    const float next = gate_f32(activation, g.clip, gru_f32_from_x(g, p, x, unit) + recurrent);
    to[i] = (1.0f - update) * next + update * h[i];
  }
}

TINYC_KERNEL void gru_f32(const GruF32& g, const Rows& x, const Rows& w, const Rows& r, const Rows& bias,
                          const Rows& initial_h, const Rows& y, const Rows& y_h, const int32_t* lengths,
                          uint8_t* scratch, int32_t y0, int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  float* reset = static_cast<float*>(static_cast<void*>(scratch));
  const auto start = [&](int32_t, int32_t, int32_t at, float* h) { start_state_f32(h, initial_h, at, g.hidden); };
  recurrent_f32(g, y, y_h, lengths, start, [&](int32_t d, int32_t b, int32_t t, const float* h, float* to) {
    const GruF32Weights p = {row_of<const float>(w, 0) + d * 3 * g.hidden * g.inputs,
                             row_of<const float>(r, 0) + d * 3 * g.hidden * g.hidden,
                             operand_f32(bias, d * 6 * g.hidden)};
    gru_f32_step(g, p, row_of<const float>(x, 0) + (t * g.batch + b) * g.inputs, h, to, reset);
  });
}
