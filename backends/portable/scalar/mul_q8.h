// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int32_t mul_q8(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int32_t multiplier, int32_t shift,
                            int32_t rounding) {
  return requantize((a - zero_a) * (b - zero_b), multiplier, shift, rounding);
}
