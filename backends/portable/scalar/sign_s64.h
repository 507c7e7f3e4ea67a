// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int64_t sign_s64(int64_t x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
