// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// NaN if either is.
TINYC_KERNEL float min_f32(float a, float b) { return a != a || a < b ? a : b; }
