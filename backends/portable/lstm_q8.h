// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Long short-term memory over all steps on integers: weights of 8 bits, hidden state of 16.
#include "backends/kernel_recurrent_q8.h"

namespace tinyc {
namespace portable_lstm_q8 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_recurrent_q8(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return recurrent_needs(op, op.operand_type(2).shape[2] * 8); }

inline Built build(const ir::Op& op, const Variant&) {
  return build_recurrent_q8(op, 4, {{"input_forget", op.flag("input_forget")}});
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return layer_cycles(op, 2 * t.load + 2 * t.alu, 60 * t.alu);
}

}  // namespace portable_lstm_q8

inline const KernelDef portable_lstm_q8_kernel = {
    .name = "lstm_q8",
    .isa = Isa::portable,
    .ops = {"lstm"},
    .types = "q8, q16 x q8 -> q8, q16",
    .summary = "long short-term memory on integers",
    .entry = "lstm_q8",
    .geometry_type = "LstmQ8",
    .absent_rows = true,
    .why_not = portable_lstm_q8::why_not,
    .needs = portable_lstm_q8::needs,
    .build = portable_lstm_q8::build,
    .cycles = portable_lstm_q8::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/recurrent_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [steps][batch][inputs]; weights [directions][gates * hidden][inputs or hidden].
struct LstmQ8 {
  int32_t steps, batch, inputs, hidden, directions, reverse, in_kind;
  int32_t start_h_multiplier, start_h_shift, start_h_zero, start_h_kind;
  int32_t y_multiplier, y_shift, y_zero, y_kind;
  int32_t last_h_multiplier, last_h_shift, last_h_zero, last_h_kind;
  int32_t start_c_multiplier, start_c_shift, start_c_zero, start_c_kind;
  int32_t last_c_multiplier, last_c_shift, last_c_zero, last_c_kind;
  int32_t input_forget;
};

TINYC_KERNEL int32_t lstm_q8_cell(int64_t value) {
  const int32_t largest = (1 << 30) - 1;
  return value < -largest ? -largest : value > largest ? largest : static_cast<int32_t>(value);
}

// Gates in the order input, output, forget, cell.
TINYC_KERNEL void lstm_q8_step(const LstmQ8& g, const RecurrentQ8& p, const uint8_t* x, const int16_t* h, int16_t* to,
                               int32_t* cell) {
  for (int32_t i = 0; i < g.hidden; ++i) {
    const int32_t in = sigmoid_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, i));
    const int32_t forget =
        g.input_forget != 0 ? 65536 - in : sigmoid_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, 2 * g.hidden + i));
    const int32_t candidate = tanh_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, 3 * g.hidden + i));
    const int64_t mixed = static_cast<int64_t>(forget) * cell[i] + static_cast<int64_t>(in) * candidate * 16;
    cell[i] = lstm_q8_cell((mixed + 32768) >> 16);
    const int32_t result = sigmoid_q16(p.sigmoid, recurrent_q8_sum(g, p, x, h, g.hidden + i));
    to[i] = saturate_q15((static_cast<int64_t>(result) * tanh_q16(p.sigmoid, cell[i]) + 65536) >> 17);
  }
}

TINYC_KERNEL void lstm_q8(const LstmQ8& g, const Rows& x, const Rows& initial_h, const Rows& initial_c,
                          const Rows& peephole, const Rows& y, const Rows& y_h, const Rows& y_c, const int8_t* w,
                          const int8_t* r, const int32_t* rows, const uint16_t* sigmoid, const int32_t* lengths,
                          uint8_t* scratch, int32_t y0, int32_t y1) {
  static_cast<void>(peephole);  // always absent
  static_cast<void>(y0);
  static_cast<void>(y1);
  int32_t* cell = static_cast<int32_t*>(static_cast<void*>(scratch));
  int16_t* state = static_cast<int16_t*>(static_cast<void*>(cell + g.hidden));
  const StateQ8 start_c = {g.start_c_multiplier, g.start_c_shift, g.start_c_zero, g.start_c_kind};
  const StateQ8 last_c = {g.last_c_multiplier, g.last_c_shift, g.last_c_zero, g.last_c_kind};
  const auto start = [&](int32_t at) {
    for (int32_t i = 0; i < g.hidden; ++i) cell[i] = lstm_q8_cell(start_state_q8(start_c, initial_c, at + i));
  };
  const auto finish = [&](int32_t at) {
    for (int32_t i = 0; i < g.hidden; ++i) store_state_q8(last_c, row_at(y_c, 0), at + i, cell[i]);
  };
  const auto step = [&](int32_t d, const uint8_t* from, const int16_t* h, int16_t* to) {
    const int32_t first = d * 4 * g.hidden;
    const RecurrentQ8 p = {w + first * g.inputs, r + first * g.hidden, rows + 7 * first, sigmoid};
    lstm_q8_step(g, p, from, h, to, cell);
  };
  recurrent_q8(g, x, initial_h, y, y_h, lengths, state, start, step, finish);
}
