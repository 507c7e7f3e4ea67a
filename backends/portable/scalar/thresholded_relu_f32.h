// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float thresholded_relu_f32(float x, float alpha) { return x > alpha ? x : 0.0f; }
