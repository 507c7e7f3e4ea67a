// SPDX-License-Identifier: Apache-2.0
// Comparing results with recorded ones.
#pragma once

#include "backends/emit/emission_plan.h"
#include "ir/tensor.h"

namespace tinyc {

struct Comparison {
  int64_t elements = 0;
  int64_t different = 0;  // elements outside the tolerance
  int64_t unequal = 0;    // elements that are not the same at all
  double largest = 0;     // largest difference: steps for integers, absolute for floats
  int64_t first = -1;     // index of the first element outside the tolerance
  double value = 0;       // there
  double expected = 0;
};

// |a - b| <= atol + rtol * |b| for floats (NaN equals NaN), |a - b| <= steps for the others.
Comparison compare(const ir::Tensor& value, const ir::Tensor& expected, const Tolerance& tolerance);

}  // namespace tinyc
