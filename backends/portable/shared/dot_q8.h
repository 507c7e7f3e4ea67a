// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Four sums at a time: each x is loaded once for four products. Weights are int8_t or int16_t.
struct Sums4Q8 {
  int32_t s0, s1, s2, s3;
};

// Adds x[k] * w[4 * k + lane], 0 <= k < count.
template <class Weight>
TINYC_KERNEL void dot4_q8(Sums4Q8& sums, const uint8_t* x, bool is_unsigned, const Weight* w, int32_t count) {
  int32_t s0 = sums.s0, s1 = sums.s1, s2 = sums.s2, s3 = sums.s3;
  for (int32_t k = 0; k < count; ++k, w += 4) {
    const int32_t value = load_8(x, k, is_unsigned);
    s0 += value * w[0];
    s1 += value * w[1];
    s2 += value * w[2];
    s3 += value * w[3];
  }
  sums = {s0, s1, s2, s3};
}

template <class Weight>
TINYC_KERNEL int32_t dot_q8(int32_t sum, const uint8_t* x, bool is_unsigned, const Weight* w, int32_t count) {
  for (int32_t k = 0; k < count; ++k) sum += load_8(x, k, is_unsigned) * w[k];
  return sum;
}

// The same where every x is `value`: padding.
template <class Weight>
TINYC_KERNEL void pad4_q8(Sums4Q8& sums, int32_t value, const Weight* w, int32_t count) {
  for (const Weight* end = w + 4 * count; w < end; w += 4) {
    sums.s0 += value * w[0];
    sums.s1 += value * w[1];
    sums.s2 += value * w[2];
    sums.s3 += value * w[3];
  }
}

template <class Weight>
TINYC_KERNEL int32_t pad_q8(int32_t sum, int32_t value, const Weight* w, int32_t count) {
  for (const Weight* end = w + count; w < end; ++w) sum += value * *w;
  return sum;
}
