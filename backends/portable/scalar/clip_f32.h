// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// If low > high, every result is high, as ONNX says.
TINYC_KERNEL float clip_f32(float x, float low, float high) {
  return low > high || x > high ? high : x < low ? low : x;
}
