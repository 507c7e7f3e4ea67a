// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Each operand requantised, then compared.
TINYC_KERNEL int32_t min_q8(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int32_t multiplier_a, int32_t shift_a,
                            int32_t multiplier_b, int32_t shift_b) {
  const int32_t x = requantize_half_even(a - zero_a, multiplier_a, shift_a);
  const int32_t y = requantize_half_even(b - zero_b, multiplier_b, shift_b);
  return x < y ? x : y;
}
