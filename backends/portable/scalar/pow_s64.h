// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Low bits; a negative exponent truncates towards 0.
TINYC_KERNEL int64_t pow_s64(int64_t a, int64_t b) {
  if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 != 0 ? -1 : 1) : 0;
  uint64_t result = 1;
  uint64_t square = static_cast<uint64_t>(a);
  for (uint64_t left = static_cast<uint64_t>(b); left != 0; left >>= 1) {
    if ((left & 1) != 0) result *= square;
    square *= square;
  }
  return static_cast<int64_t>(result);
}
