// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// One rounded division; a divisor of 0 saturates by the sign of the dividend.
TINYC_KERNEL int32_t div_q8(int32_t a, int32_t b, int32_t zero_a, int32_t zero_b, int32_t multiplier, int32_t shift) {
  const int32_t dividend = a - zero_a;
  const int32_t divisor = b - zero_b;
  if (divisor == 0) return dividend == 0 ? 0 : dividend < 0 ? -65536 : 65536;
  const int64_t numerator = static_cast<int64_t>(dividend < 0 ? -dividend : dividend) * multiplier;
  const int64_t denominator = static_cast<int64_t>(divisor < 0 ? -divisor : divisor) << shift;
  const int64_t quotient = numerator / denominator;
  const int64_t rest = 2 * (numerator - quotient * denominator);
  const bool up = rest > denominator || (rest == denominator && (quotient & 1) != 0);
  const int32_t rounded = static_cast<int32_t>(quotient) + (up ? 1 : 0);
  return (dividend < 0) != (divisor < 0) ? -rounded : rounded;
}
