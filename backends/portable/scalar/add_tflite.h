// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// As TensorFlow Lite: both operands in units of 2^-20 of twice the larger scale, rounded, then the sum, rounded.
TINYC_KERNEL int32_t add_tflite(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int32_t multiplier_a,
                                int32_t shift_a, int32_t multiplier_b, int32_t shift_b, int32_t multiplier,
                                int32_t shift, int32_t rounding) {
  const int32_t first = requantize((a - zero_a) * (1 << 20), multiplier_a, shift_a, rounding);
  const int32_t second = requantize((b - zero_b) * (1 << 20), multiplier_b, shift_b, rounding);
  return requantize(first + second, multiplier, shift, rounding);
}
