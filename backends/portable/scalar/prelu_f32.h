// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL float prelu_f32(float a, float b) { return a < 0.0f ? a * b : a; }
