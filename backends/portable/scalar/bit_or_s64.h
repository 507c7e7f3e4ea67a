// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int64_t bit_or_s64(int64_t a, int64_t b) { return a | b; }
