// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// a where it is not negative, else a * b.
TINYC_KERNEL int32_t prelu_q8(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int32_t multiplier_a,
                              int32_t shift_a, int32_t multiplier_ab, int32_t shift_ab) {
  const int32_t x = a - zero_a;
  if (x >= 0) return requantize_half_even(x, multiplier_a, shift_a);
  return requantize_half_even(x * (b - zero_b), multiplier_ab, shift_ab);
}
