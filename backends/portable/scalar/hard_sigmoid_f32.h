// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// max(0, min(1, alpha * x + beta))
TINYC_KERNEL float hard_sigmoid_f32(float x, float alpha, float beta) {
  const float y = alpha * x + beta;
  return y > 0.0f ? (y < 1.0f ? y : 1.0f) : 0.0f;
}
