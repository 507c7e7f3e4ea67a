// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/nibbles.h"
#include "runtime-stubs/tinyc_kernel.h"

// Element k of 8-bit integers of either sign, or of int16_t.
TINYC_KERNEL int32_t load_x(const uint8_t* x, int32_t k, bool is_unsigned) { return load_8(x, k, is_unsigned); }
TINYC_KERNEL int32_t load_x(const int16_t* x, int32_t k, bool) { return x[k]; }

// Four sums at a time: each x is loaded once for four products. Weights: int8_t, int16_t or Nibbles.
struct Sums4Q8 {
  int32_t s0, s1, s2, s3;
};

// Adds x[k] * w[4 * k + lane], 0 <= k < count.
template <class Element, class Weights>
TINYC_KERNEL void dot4_q8(Sums4Q8& sums, const Element* x, bool is_unsigned, Weights w, int32_t count) {
  int32_t s0 = sums.s0, s1 = sums.s1, s2 = sums.s2, s3 = sums.s3;
  for (int32_t k = 0; k < count; ++k, w = w + 4) {
    const int32_t value = load_x(x, k, is_unsigned);
    s0 += value * w[0];
    s1 += value * w[1];
    s2 += value * w[2];
    s3 += value * w[3];
  }
  sums = {s0, s1, s2, s3};
}

template <class Element, class Weights>
TINYC_KERNEL int32_t dot_q8(int32_t sum, const Element* x, bool is_unsigned, Weights w, int32_t count) {
  for (int32_t k = 0; k < count; ++k) sum += load_x(x, k, is_unsigned) * w[k];
  return sum;
}

// The same where every x is `value`: padding. Counting down, as GCC warns of overflow where constants make the loop
// dead.
template <class Weights>
TINYC_KERNEL void pad4_q8(Sums4Q8& sums, int32_t value, Weights w, int32_t count) {
  for (int32_t k = count; k > 0; --k, w = w + 4) {
    sums.s0 += value * w[0];
    sums.s1 += value * w[1];
    sums.s2 += value * w[2];
    sums.s3 += value * w[3];
  }
}

template <class Weights>
TINYC_KERNEL int32_t pad_q8(int32_t sum, int32_t value, Weights w, int32_t count) {
  for (int32_t k = count; k > 0; --k, w = w + 1) sum += value * w[0];
  return sum;
}
