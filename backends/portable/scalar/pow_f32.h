// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float pow_f32(float a, float b) { return powf(a, b); }
