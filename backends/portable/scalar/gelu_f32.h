// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float gelu_f32(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }
