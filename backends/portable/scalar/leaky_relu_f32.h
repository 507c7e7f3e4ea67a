// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float leaky_relu_f32(float x, float alpha) { return x < 0.0f ? alpha * x : x; }
