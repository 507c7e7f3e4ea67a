// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float softsign_f32(float x) { return x / (1.0f + fabsf(x)); }
