// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 long short-term memory over all steps.
#include "backends/kernel_recurrent.h"

namespace tinyc {
namespace portable_lstm_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  return need_gates(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return recurrent_needs(op, 0); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = recurrent_geometry(op, 3, {{"input_forget", op.flag("input_forget")}});
  built.constants = {packed("lengths", "steps per batch entry", lengths_of(op))};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + t.float_mac + t.alu, 100 * t.float_mac);
}

}  // namespace portable_lstm_f32

inline const KernelDef portable_lstm_f32_kernel = {
    .name = "lstm_f32",
    .isa = Isa::portable,
    .ops = {"lstm"},
    .types = "f32 -> f32",
    .summary = "float32 long short-term memory",
    .entry = "lstm_f32",
    .geometry_type = "LstmF32",
    .constant_rows = true,
    .absent_rows = true,
    .mean_code_bytes = 930,
    .why_not = portable_lstm_f32::why_not,
    .needs = portable_lstm_f32::needs,
    .build = portable_lstm_f32::build,
    .cycles = portable_lstm_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/recurrent_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [steps][batch][inputs], w [directions][units][inputs], r [directions][units][hidden], bias of w, then of r.
struct LstmF32 {
  int32_t steps, batch, inputs, hidden, directions, reverse, input_forget;
  float clip;
  int32_t kind_f;
  float alpha_f, beta_f;
  int32_t kind_g;
  float alpha_g, beta_g;
  int32_t kind_h;
  float alpha_h, beta_h;
};

// Weights of one direction; bias and peephole may be nullptr.
struct LstmF32Weights {
  const float *w, *r, *bias, *peephole;
};

// Sum of one unit; gates in the order input, output, forget, cell.
TINYC_KERNEL float lstm_f32_sum(const LstmF32& g, const LstmF32Weights& p, const float* x, const float* h,
                                int32_t unit) {
  const float start = p.bias == nullptr ? 0.0f : p.bias[unit] + p.bias[4 * g.hidden + unit];
  return gate_sum_f32(p.r + unit * g.hidden, h, g.hidden, gate_sum_f32(p.w + unit * g.inputs, x, g.inputs, start));
}
TINYC_KERNEL float lstm_f32_peep(const LstmF32Weights& p, int32_t unit, float cell) {
  return p.peephole == nullptr ? 0.0f : p.peephole[unit] * cell;
}

TINYC_KERNEL void lstm_f32_step(const LstmF32& g, const LstmF32Weights& p, const float* x, const float* h, float* c,
                                float* to) {
  const Gate f = {g.kind_f, g.alpha_f, g.beta_f};
  const Gate of_cell = {g.kind_g, g.alpha_g, g.beta_g};
  const Gate of_result = {g.kind_h, g.alpha_h, g.beta_h};
  const int32_t n = g.hidden;
  for (int32_t i = 0; i < n; ++i) {
    const float in = gate_f32(f, g.clip, lstm_f32_sum(g, p, x, h, i) + lstm_f32_peep(p, i, c[i]));
    const float forget =
        g.input_forget != 0
            ? 1.0f - in
            : gate_f32(f, g.clip, lstm_f32_sum(g, p, x, h, 2 * n + i) + lstm_f32_peep(p, 2 * n + i, c[i]));
    c[i] = forget * c[i] + in * gate_f32(of_cell, g.clip, lstm_f32_sum(g, p, x, h, 3 * n + i));
    const float result = gate_f32(f, g.clip, lstm_f32_sum(g, p, x, h, n + i) + lstm_f32_peep(p, n + i, c[i]));
    to[i] = result * gate_f32(of_result, g.clip, c[i]);
  }
}

TINYC_KERNEL void lstm_f32(const LstmF32& g, const Rows& x, const Rows& w, const Rows& r, const Rows& bias,
                           const Rows& initial_h, const Rows& initial_c, const Rows& peephole, const Rows& y,
                           const Rows& y_h, const Rows& y_c, const int32_t* lengths, int32_t y0, int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  const auto start = [&](int32_t, int32_t, int32_t at, float* h) {
    start_state_f32(h, initial_h, at, g.hidden);
    start_state_f32(row_of<float>(y_c, 0) + at, initial_c, at, g.hidden);
  };
  recurrent_f32(g, y, y_h, lengths, start, [&](int32_t d, int32_t b, int32_t t, const float* h, float* to) {
    const LstmF32Weights p = {row_of<const float>(w, 0) + d * 4 * g.hidden * g.inputs,
                              row_of<const float>(r, 0) + d * 4 * g.hidden * g.hidden,
                              operand_f32(bias, d * 8 * g.hidden), operand_f32(peephole, d * 3 * g.hidden)};
    float* c = row_of<float>(y_c, 0) + (d * g.batch + b) * g.hidden;
    lstm_f32_step(g, p, row_of<const float>(x, 0) + (t * g.batch + b) * g.inputs, h, c, to);
  });
}
