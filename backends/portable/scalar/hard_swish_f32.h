// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// x * max(0, min(1, x / 6 + 1/2))
TINYC_KERNEL float hard_swish_f32(float x) {
  const float y = x * (1.0f / 6.0f) + 0.5f;
  return x * (y > 0.0f ? (y < 1.0f ? y : 1.0f) : 0.0f);
}
