// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Four sums at a time: each x is loaded once for four products.
struct Sums4F32 {
  float s0, s1, s2, s3;
};

// Adds x[k] * w[k * stride + lane], 0 <= k < count.
TINYC_KERNEL void dot4_f32(Sums4F32& sums, const float* x, const float* w, int32_t count, int32_t stride) {
  float s0 = sums.s0, s1 = sums.s1, s2 = sums.s2, s3 = sums.s3;
  for (int32_t k = 0; k < count; ++k, w += stride) {
    const float value = x[k];
    s0 += value * w[0];
    s1 += value * w[1];
    s2 += value * w[2];
    s3 += value * w[3];
  }
  sums = {s0, s1, s2, s3};
}

TINYC_KERNEL float dot_f32(float sum, const float* x, const float* w, int32_t count, int32_t stride) {
  for (int32_t k = 0; k < count; ++k, w += stride) sum += x[k] * *w;
  return sum;
}
