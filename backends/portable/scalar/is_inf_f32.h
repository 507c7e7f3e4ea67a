// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL bool is_inf_f32(float x, float negative, float positive) {
  return (negative != 0.0f && x == -INFINITY) || (positive != 0.0f && x == INFINITY);
}
