// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// NaN stays NaN.
TINYC_KERNEL float relu_f32(float x) { return x < 0.0f ? 0.0f : x; }
