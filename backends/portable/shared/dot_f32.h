// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"
#include "runtime-stubs/tinyc_vfp.h"

// Four sums at a time: each x is loaded once for four products.
struct Sums4F32 {
  float s0, s1, s2, s3;
};

// Weights: a pointer to float or int8_t, or Nibbles. Adds x[k] * w[k * stride + lane], 0 <= k < count.
template <class Weights>
TINYC_KERNEL void dot4_f32(Sums4F32& sums, const float* x, Weights w, int32_t count, int32_t stride) {
  float s0 = sums.s0, s1 = sums.s1, s2 = sums.s2, s3 = sums.s3;
  for (int32_t k = 0; k < count; ++k, w = w + stride) {
    const float value = x[k];
    s0 += value * static_cast<float>(w[0]);
    s1 += value * static_cast<float>(w[1]);
    s2 += value * static_cast<float>(w[2]);
    s3 += value * static_cast<float>(w[3]);
  }
  sums = {s0, s1, s2, s3};
}

TINYC_KERNEL void dot4_f32(Sums4F32& sums, const float* x, const float* w, int32_t count, int32_t stride) {
  if (stride == 4) {
    vfp_dot_1(sums.s0, sums.s1, sums.s2, sums.s3, x, w, count);
  } else {
    dot4_f32<const float*>(sums, x, w, count, stride);
  }
}

template <class Weights>
TINYC_KERNEL float dot_f32(float sum, const float* x, Weights w, int32_t count, int32_t stride) {
  for (int32_t k = 0; k < count; ++k, w = w + stride) sum += x[k] * static_cast<float>(w[0]);
  return sum;
}
