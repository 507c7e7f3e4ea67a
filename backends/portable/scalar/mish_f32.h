// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

// x * tanh(softplus(x))
TINYC_KERNEL float mish_f32(float x) { return x * tanhf((x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)))); }
