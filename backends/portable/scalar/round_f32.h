// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

// Ties to even, the rounding mode that C starts with.
TINYC_KERNEL float round_f32(float x) { return rintf(x); }
