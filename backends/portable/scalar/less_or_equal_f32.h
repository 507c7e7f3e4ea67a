// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL bool less_or_equal_f32(float a, float b) { return a <= b; }
