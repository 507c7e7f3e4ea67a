// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float swish_f32(float x, float alpha) { return x / (1.0f + expf(-alpha * x)); }
