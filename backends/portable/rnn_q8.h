// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Simple recurrent layer over all steps on integers: weights of 8 bits, hidden state of 16.
#include "backends/kernel_recurrent_q8.h"

namespace tinyc {
namespace portable_rnn_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_recurrent_q8(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return recurrent_needs(op, op.operand_type(2).shape[2] * 4); }

inline Built build(const ir::Op& op, const Variant&) { return build_recurrent_q8(op, 1, {}); }

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + 2 * t.alu, 60 * t.alu);
}

}  // namespace portable_rnn_q8

inline const KernelDef portable_rnn_q8_kernel = {
    .name = "rnn_q8",
    .isa = Isa::portable,
    .ops = {"rnn"},
    .types = "q8, q16 x q8 -> q8, q16",
    .summary = "simple recurrent layer on integers",
    .entry = "rnn_q8",
    .geometry_type = "RnnQ8",
    .absent_rows = true,
    .why_not = portable_rnn_q8::why_not,
    .needs = portable_rnn_q8::needs,
    .build = portable_rnn_q8::build,
    .cycles = portable_rnn_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/recurrent_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [steps][batch][inputs]; weights [directions][gates * hidden][inputs or hidden].
struct RnnQ8 {
  int32_t steps, batch, inputs, hidden, directions, reverse, in_kind;
  int32_t start_h_multiplier, start_h_shift, start_h_zero, start_h_kind;
  int32_t y_multiplier, y_shift, y_zero, y_kind;
  int32_t last_h_multiplier, last_h_shift, last_h_zero, last_h_kind;
};

TINYC_KERNEL void rnn_q8(const RnnQ8& g, const Rows& x, const Rows& initial_h, const Rows& y, const Rows& y_h,
                         const int8_t* w, const int8_t* r, const int32_t* rows, const uint16_t* sigmoid,
                         const int32_t* lengths, uint8_t* scratch, int32_t y0, int32_t y1) {
  static_cast<void>(y0);
  static_cast<void>(y1);
  int16_t* state = static_cast<int16_t*>(static_cast<void*>(scratch));
  const auto nothing = [](int32_t) {};
  const auto step = [&](int32_t d, const uint8_t* from, const int16_t* h, int16_t* to) {
    const int32_t first = d * g.hidden;
    const RecurrentQ8 p = {w + first * g.inputs, r + first * g.hidden, rows + 7 * first, sigmoid};
    for (int32_t i = 0; i < g.hidden; ++i)
      to[i] = saturate_q15((tanh_q16(sigmoid, recurrent_q8_sum(g, p, from, h, i)) + 1) >> 1);
  };
  recurrent_q8(g, x, initial_h, y, y_h, lengths, state, nothing, step, nothing);
}
