// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int64_t clip_s64(int64_t x, int64_t low, int64_t high) {
  return low > high || x > high ? high : x < low ? low : x;
}
