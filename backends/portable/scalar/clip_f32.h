// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// If low > high, every number becomes high, as ONNX says.
TINYC_KERNEL float clip_f32(float x, float low, float high) {
  const float raised = x < low ? low : x;
  return raised > high ? high : raised;
}
