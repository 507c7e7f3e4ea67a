// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>
#include <string.h>

#include "backends/portable/scalar/elu_f32.h"
#include "backends/portable/scalar/hard_sigmoid_f32.h"
#include "backends/portable/scalar/sigmoid_f32.h"
#include "backends/portable/scalar/softplus_f32.h"
#include "backends/portable/scalar/softsign_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// An activation of a recurrent layer; its kind is a constant of the layer.
struct Gate {
  int32_t kind;
  float alpha, beta;
};

// clip 0: not clipped.
TINYC_KERNEL float gate_f32(const Gate& gate, float clip, float x) {
  if (clip > 0.0f) x = x < -clip ? -clip : x > clip ? clip : x;
  switch (gate.kind) {
    case 0:
      return sigmoid_f32(x);
    case 1:
      return tanhf(x);
    case 2:
      return x < 0.0f ? 0.0f : x;
    case 3:
      return hard_sigmoid_f32(x, gate.alpha, gate.beta);
    case 4:
      return softsign_f32(x);
    case 5:
      return softplus_f32(x);
    case 6:
      return elu_f32(x, gate.alpha);
    case 7:
      return x < 0.0f ? gate.alpha * x : x;
    default:
      return x > gate.alpha ? x : 0.0f;
  }
}

// bias + w * x of one unit and gate.
TINYC_KERNEL float gate_sum_f32(const float* w, const float* x, int32_t count, float bias) {
  float sum = bias;
  for (int32_t k = 0; k < count; ++k) sum += w[k] * x[k];
  return sum;
}

// Row 0 of an operand as floats, `offset` in; nullptr if the operand is absent.
TINYC_KERNEL const float* operand_f32(const Rows& rows, int32_t offset) {
  return rows.base == nullptr ? nullptr : row_of<const float>(rows, 0) + offset;
}

// Starts a state: the initial one, or zeros.
TINYC_KERNEL void start_state_f32(float* state, const Rows& initial, int32_t offset, int32_t count) {
  const float* from = operand_f32(initial, offset);
  for (int32_t i = 0; i < count; ++i) state[i] = from == nullptr ? 0.0f : from[i];
}

// Runs step(t, h, next h) over the steps of every direction and batch entry. A geometry has steps, batch, hidden,
// directions, reverse. h lies in y after the first step, in y_h at the beginning and in the end.
template <class Geometry, class Start, class Step>
TINYC_KERNEL void recurrent_f32(const Geometry& g, const Rows& y, const Rows& y_h, const int32_t* lengths, Start start,
                                Step step) {
  const int32_t units = g.directions * g.batch * g.hidden;
  for (int32_t d = 0; d < g.directions; ++d) {
    const bool backwards = g.reverse != 0 || d == 1;
    for (int32_t b = 0; b < g.batch; ++b) {
      const int32_t at = (d * g.batch + b) * g.hidden;
      float* last = row_of<float>(y_h, 0) + at;
      float* to = row_of<float>(y, 0) + at;
      start(d, b, at, last);
      const float* h = last;
      for (int32_t i = 0; i < lengths[b]; ++i) {
        const int32_t t = backwards ? lengths[b] - 1 - i : i;
        step(d, b, t, h, to + t * units);
        h = to + t * units;
      }
      for (int32_t t = lengths[b]; t < g.steps; ++t)
        memset(to + t * units, 0, static_cast<size_t>(g.hidden) * sizeof(float));
      if (h != last) memcpy(last, h, static_cast<size_t>(g.hidden) * sizeof(float));
    }
  }
}
