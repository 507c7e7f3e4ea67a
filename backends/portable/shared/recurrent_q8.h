// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/wide.h"
#include "runtime-stubs/tinyc_kernel.h"

// Recurrent layers on integers. Inputs of gates and cell states are in units of 2^-20, gates in units of 2^-16, hidden
// states in units of 2^-15. A geometry has steps, batch, inputs, hidden, directions, reverse, in_kind; multiplier,
// shift, zero and kind of start_h, y and last_h.

// Constants of one direction: weights without their zero points; per gate and unit the start of the sum over x, then
// multiplier, shift and bias of the sums over x and over h; 1 / (1 + exp(j / 8)) in units of 2^-16.
struct RecurrentQ8 {
  const int8_t *w, *r;
  const int32_t* rows;
  const uint16_t* sigmoid;
};

// Between two entries a line and, by the second differences at both, a parabola.
TINYC_KERNEL int32_t sigmoid_q16(const uint16_t* table, int32_t x) {
  const int32_t magnitude = x < 0 ? -x : x;
  const int32_t entry = magnitude >> 17;
  int32_t rest = 0;
  if (entry < 96) {
    const uint16_t* at = table + entry;
    const int32_t along = magnitude & 131071;
    const int32_t coarse = along >> 6;
    const int32_t before = entry == 0 ? 65536 - table[1] : at[-1];
    const int32_t bend = before - at[0] - at[1] + at[2];
    rest = at[0] - (((at[0] - at[1]) * along + bend * (coarse * (2048 - coarse) >> 7) + 65536) >> 17);
  }
  return x < 0 ? rest : 65536 - rest;
}

TINYC_KERNEL int32_t tanh_q16(const uint16_t* table, int32_t x) { return 2 * sigmoid_q16(table, 2 * x) - 65536; }

TINYC_KERNEL int16_t saturate_q15(int64_t value) {
  return static_cast<int16_t>(value < -32768 ? -32768 : value > 32767 ? 32767 : value);
}

// Gate inputs of row `row` from x and from h.
template <class Geometry>
TINYC_KERNEL int32_t recurrent_q8_from_x(const Geometry& g, const RecurrentQ8& p, const uint8_t* x, int32_t row) {
  const int32_t* numbers = p.rows + 7 * row;
  const int8_t* w = p.w + row * g.inputs;
  uint32_t sum = static_cast<uint32_t>(numbers[0]);
  for (int32_t k = 0; k < g.inputs; ++k) sum += static_cast<uint32_t>(w[k] * load_narrow(x, k, g.in_kind));
  return requantize_half_up(static_cast<int32_t>(sum), numbers[1], numbers[2]) + numbers[3];
}

template <class Geometry>
TINYC_KERNEL int32_t recurrent_q8_from_h(const Geometry& g, const RecurrentQ8& p, const int16_t* h, int32_t row) {
  const int32_t* numbers = p.rows + 7 * row;
  const int8_t* r = p.r + row * g.hidden;
  int32_t sum = 0;
  for (int32_t k = 0; k < g.hidden; ++k) sum += r[k] * h[k];
  return requantize_half_up(sum, numbers[4], numbers[5]) + numbers[6];
}

template <class Geometry>
TINYC_KERNEL int32_t recurrent_q8_sum(const Geometry& g, const RecurrentQ8& p, const uint8_t* x, const int16_t* h,
                                      int32_t row) {
  return recurrent_q8_from_x(g, p, x, row) + recurrent_q8_from_h(g, p, h, row);
}

// How a state is stored: value * multiplier / 2^shift steps of the tensor, or, for initial states, of the layer.
struct StateQ8 {
  int32_t multiplier, shift, zero, kind;
};

TINYC_KERNEL void store_state_q8(const StateQ8& s, uint8_t* to, int32_t at, int32_t value) {
  const int32_t low = s.kind == 1 ? -128 : s.kind == 3 ? -32768 : 0;
  const int32_t high = s.kind == 0 ? 255 : s.kind == 1 ? 127 : s.kind == 2 ? 65535 : 32767;
  store_narrow(to, at, s.kind, clamp_s32(s.zero + requantize_half_even(value, s.multiplier, s.shift), low, high));
}

// 0 where there is no initial state.
TINYC_KERNEL int64_t start_state_q8(const StateQ8& s, const Rows& initial, int32_t at) {
  if (initial.base == nullptr) return 0;
  const int64_t centred = load_narrow(row_at(initial, 0), at, s.kind) - s.zero;
  return (centred * s.multiplier + (static_cast<int64_t>(1) << (s.shift - 1))) >> s.shift;
}

// Runs step(d, x, h, next h) over the steps of every direction and batch entry, start(at) before and finish(at) after
// the steps of one. state: room for two hidden states.
template <class Geometry, class Start, class Step, class Finish>
TINYC_KERNEL void recurrent_q8(const Geometry& g, const Rows& x, const Rows& initial_h, const Rows& y, const Rows& y_h,
                               const int32_t* lengths, int16_t* state, Start start, Step step, Finish finish) {
  const int32_t units = g.directions * g.batch * g.hidden;
  const StateQ8 start_h = {g.start_h_multiplier, g.start_h_shift, g.start_h_zero, g.start_h_kind};
  const StateQ8 each_h = {g.y_multiplier, g.y_shift, g.y_zero, g.y_kind};
  const StateQ8 last_h = {g.last_h_multiplier, g.last_h_shift, g.last_h_zero, g.last_h_kind};
  const int32_t x_bytes = g.inputs * (g.in_kind < 2 ? 1 : 2);
  for (int32_t d = 0; d < g.directions; ++d) {
    const bool backwards = g.reverse != 0 || d == 1;
    for (int32_t b = 0; b < g.batch; ++b) {
      const int32_t at = (d * g.batch + b) * g.hidden;
      int16_t* h = state;
      int16_t* next = state + g.hidden;
      for (int32_t i = 0; i < g.hidden; ++i) h[i] = saturate_q15(start_state_q8(start_h, initial_h, at + i));
      start(at);
      for (int32_t i = 0; i < lengths[b]; ++i) {
        const int32_t t = backwards ? lengths[b] - 1 - i : i;
        step(d, row_at(x, 0) + (t * g.batch + b) * x_bytes, h, next);
        int16_t* const old = h;
        h = next;
        next = old;
        for (int32_t k = 0; k < g.hidden; ++k) store_state_q8(each_h, row_at(y, 0), t * units + at + k, h[k]);
      }
      for (int32_t t = lengths[b]; t < g.steps; ++t) {
        for (int32_t k = 0; k < g.hidden; ++k) store_state_q8(each_h, row_at(y, 0), t * units + at + k, 0);
      }
      for (int32_t k = 0; k < g.hidden; ++k) store_state_q8(last_h, row_at(y_h, 0), at + k, h[k]);
      finish(at);
    }
  }
}
