// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float at_most_f32(float x, float high) { return x > high ? high : x; }
