// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int64_t clip_s64(int64_t x, int64_t low, int64_t high) {
  const int64_t raised = x < low ? low : x;
  return raised > high ? high : raised;
}
