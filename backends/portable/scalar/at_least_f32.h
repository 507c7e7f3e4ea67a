// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float at_least_f32(float x, float low) { return x < low ? low : x; }
