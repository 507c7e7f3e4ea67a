// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Positions [first, last) of a window that lie in the image, along one axis.
struct Taps {
  int32_t first, last;
};

TINYC_KERNEL Taps taps_inside(int32_t start, int32_t kernel, int32_t dilation, int32_t size) {
  Taps taps = {0, kernel};
  while (taps.first < kernel && start + taps.first * dilation < 0) ++taps.first;
  while (taps.last > taps.first && start + (taps.last - 1) * dilation >= size) --taps.last;
  return taps;
}
