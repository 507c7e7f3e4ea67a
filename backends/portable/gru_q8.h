// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Gated recurrent unit over all steps on integers: weights of 8 bits, hidden state of 16.
#include "backends/kernel_recurrent_q8.h"

namespace tinyc {
namespace portable_gru_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_recurrent_q8(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return recurrent_needs(op, op.operand_type(2).shape[2] * 6); }

inline Built build(const ir::Op& op, const Variant&) {
  return build_recurrent_q8(op, 3, {{"linear", op.flag("linear_before_reset")}});
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + 2 * t.alu, 60 * t.alu);
}

}  // namespace portable_gru_q8

inline const KernelDef portable_gru_q8_kernel = {
    .name = "gru_q8",
    .isa = Isa::portable,
    .ops = {"gru"},
    .types = "q8, q16 x q8 -> q8, q16",
    .summary = "gated recurrent unit on integers",
    .entry = "gru_q8",
    .geometry_type = "GruQ8",
    .absent_rows = true,
    .why_not = portable_gru_q8::why_not,
    .needs = portable_gru_q8::needs,
    .build = portable_gru_q8::build,
    .cycles = portable_gru_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/recurrent_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [steps][batch][inputs]; weights [directions][gates * hidden][inputs or hidden].
struct GruQ8 {
  int32_t steps, batch, inputs, hidden, directions, reverse, in_kind;
  int32_t start_h_multiplier, start_h_shift, start_h_zero, start_h_kind;
  int32_t y_multiplier, y_shift, y_zero, y_kind;
  int32_t last_h_multiplier, last_h_shift, last_h_zero, last_h_kind;
  int32_t linear;
};

// masked: the state times the reset gate, unless linear.
TINYC_KERNEL void gru_q8_step(const GruQ8& g, const RecurrentQ8& p, const uint8_t* x, const int16_t* h, int16_t* to,
                              int16_t* masked) {
  for (int32_t i = 0; i < g.hidden && g.linear == 0; ++i) {
    const int32_t reset = sigmoid_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, g.hidden + i));
    masked[i] = static_cast<int16_t>((reset * h[i] + 32768) >> 16);
  }
  for (int32_t i = 0; i < g.hidden; ++i) {
    const int32_t row = 2 * g.hidden + i;
    int32_t recurrent = recurrent_q8_from_h(g, p, g.linear != 0 ? h : masked, row);
    if (g.linear != 0) {
      const int32_t reset = sigmoid_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, g.hidden + i));
      recurrent = round_shift_half_up(static_cast<int64_t>(reset) * recurrent, 16);
    }
    const int32_t update = sigmoid_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, i));
    const int32_t state = tanh_q16(p.sigmoid, recurrent_q8_from_x(g, p, x, row) + recurrent);
    const int64_t mixed = static_cast<int64_t>(65536 - update) * state + static_cast<int64_t>(2 * update) * h[i];
    to[i] = saturate_q15((mixed + 65536) >> 17);
  }
}

TINYC_KERNEL void gru_q8(const GruQ8& g, const Rows& x, const Rows& initial_h, const Rows& y, const Rows& y_h,
                         const int8_t* w, const int8_t* r, const int32_t* rows, const uint16_t* sigmoid,
                         const int32_t* lengths, uint8_t* scratch, int32_t y0, int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  int16_t* state = static_cast<int16_t*>(static_cast<void*>(scratch));
  const auto nothing = [](int32_t) {};
  const auto step = [&](int32_t d, const uint8_t* from, const int16_t* h, int16_t* to) {
    const int32_t first = d * 3 * g.hidden;
    const RecurrentQ8 p = {w + first * g.inputs, r + first * g.hidden, rows + 7 * first, sigmoid};
    gru_q8_step(g, p, from, h, to, state + 2 * g.hidden);
  };
  recurrent_q8(g, x, initial_h, y, y_h, lengths, state, nothing, step, nothing);
}
