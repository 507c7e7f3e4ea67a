// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float tan_f32(float x) { return tanf(x); }
