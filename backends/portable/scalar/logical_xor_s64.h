// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int64_t logical_xor_s64(int64_t a, int64_t b) { return (a != 0) != (b != 0) ? 1 : 0; }
