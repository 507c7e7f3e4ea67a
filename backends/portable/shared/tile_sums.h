// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Sums of 4 outputs.
struct TileSums {
  int32_t a0, b0, c0, d0;  // of a window
  int32_t a1, b1, c1, d1;  // of the next one
};
