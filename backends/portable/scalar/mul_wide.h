// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/wide.h"

// The product of two 16-bit integers can need 34 bits.
TINYC_KERNEL int32_t mul_wide(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int32_t multiplier, int32_t shift) {
  const int64_t product = static_cast<int64_t>(a - zero_a) * (b - zero_b);
  return static_cast<int32_t>(requantize_wide(product, multiplier, shift));
}
