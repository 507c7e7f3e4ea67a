// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

// The sign of b.
TINYC_KERNEL float mod_f32(float a, float b) { return a - floorf(a / b) * b; }
