// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float sigmoid_f32(float x) { return 1.0f / (1.0f + expf(-x)); }
