// SPDX-License-Identifier: 0BSD
#pragma once

#include <math.h>

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float elu_f32(float x, float alpha) { return x > 0.0f ? x : alpha * expm1f(x); }
