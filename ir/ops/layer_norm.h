// SPDX-License-Identifier: Apache-2.0
// Constants of layer_norm on integers.
#pragma once

#include <optional>
#include <vector>

#include "ir/ops/common.h"

namespace tinyc::ir {

// docs/numerics.md "layer_norm" says what they are. scale and bias, one per element of a line, are in units of 2^-bits
// steps of the result, below 2^30; epsilon is in units of 2^-8 squared steps of the operand times count^2.
struct LayerNormSteps {
  int bits = 0;
  int64_t epsilon = 0;
  std::vector<int32_t> scale;
  std::vector<int32_t> bias;
};
inline constexpr int64_t kLayerNormLongest = 65536;

// Scale (operand 1) or bias (operand 2) for every element of a line; the operand is constant or absent.
std::vector<double> layer_norm_parameter(const Op& op, size_t operand, double fallback);
// For an operator with an 8-bit operand and result; nothing if its numbers do not fit.
std::optional<LayerNormSteps> layer_norm_steps(const Op& op);

}  // namespace tinyc::ir
