// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Both operands in fixed point with a common shift, one rounding of the sum. A difference has a negative scale_b.
TINYC_KERNEL int32_t add_q8(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int64_t scale_a, int64_t scale_b,
                            int32_t shift, int32_t ties) {
  const int64_t sum = (a - zero_a) * scale_a + (b - zero_b) * scale_b;
  return ties != 0 ? round_shift_half_even(sum, shift) : round_shift_half_up(sum, shift);
}
