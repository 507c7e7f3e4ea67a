// SPDX-License-Identifier: Apache-2.0
// Sums of integer products and what becomes of them: shared by convolutions, fully connected layers and matmul.
// docs/numerics.md "sums of products" is the specification.
#pragma once

#include <vector>

#include "ir/ops/common.h"
#include "ir/rounding.h"

namespace tinyc::ir {

// Elements minus their zero points.
std::vector<int32_t> centred(const Tensor& tensor, const Type& type);

// Weights as real numbers; quantised ones as dequantize makes them (one float32 product).
std::vector<double> real_weights(const Tensor& tensor, const Type& type);

// From the exact sum to the element that is stored: requantised and clamped, or, when the result is not quantised, the
// low 32 bits.
class Accumulator {
 public:
  Accumulator(const Op& op, const Type& x, const Type& w);
  int64_t result(int64_t sum, int64_t channel) const;

 private:
  const Type& type_;
  Rounding rounding_;
  ClampBounds bounds_{};
  std::vector<FixedPoint> scales_;  // one, or one per output channel
};

// scale_x * w_scale / scale_y in the fixed point of the operator's rounding.
FixedPoint result_scale(const Op& op, const Type& x, double w_scale);

// Rules of such an operator's operands: x per tensor, w per tensor or along `w_axis`; the bias (operand 2, where there
// is one) i32.
Status verify_accumulation(const Op& op, const Type& x, const Type& w, int w_axis);

}  // namespace tinyc::ir
