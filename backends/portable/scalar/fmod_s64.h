// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// The sign of a; 0 where b is 0.
TINYC_KERNEL int64_t fmod_s64(int64_t a, int64_t b) { return b == 0 || b == -1 ? 0 : a % b; }
