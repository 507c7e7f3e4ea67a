// SPDX-License-Identifier: Apache-2.0
// What the program that write_tree_functions writes needs around its cases.
#pragma once

#include <cmath>
#include <cstdio>

#include "runtime-stubs/tinyc_kernel.h"

inline int failures = 0;

inline Rows rows_in(float* data) { return {static_cast<uint8_t*>(static_cast<void*>(data)), 0, 0}; }

// The interpreter sums in double.
inline void compare(const char* name, const float* y, const float* expected, int count) {
  for (int i = 0; i < count; ++i) {
    if (std::fabs(y[i] - expected[i]) <= 1e-5F * (1 + std::fabs(expected[i]))) continue;
    std::printf("%s: element %d is %g, expected %g\n", name, i, static_cast<double>(y[i]),
                static_cast<double>(expected[i]));
    ++failures;
    return;
  }
}

inline int report(int cases) {
  std::printf("%d cases, %d failures\n", cases, failures);
  return cases == 0 || failures != 0;
}
