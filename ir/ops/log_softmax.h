// SPDX-License-Identifier: Apache-2.0
// Constants of log_softmax on integers.
#pragma once

#include <optional>
#include <vector>

#include "ir/ops/common.h"

namespace tinyc::ir {

// Fixed-point numbers in units of 2^-bits steps of the result, 8 <= bits <= 20. Sums of distances and logarithms stay
// below 2^30.
struct LogSoftmaxSteps {
  int bits;
  int32_t step;                // of the operand
  int32_t octave;              // ln 2
  std::vector<int32_t> table;  // ln(1 + j / 128), j = 0 to 128
};
// For 8-bit operands; nothing if the result's scale is too small for `count` elements.
std::optional<LogSoftmaxSteps> log_softmax_steps(double scale_x, double scale_y, int64_t count);

}  // namespace tinyc::ir
