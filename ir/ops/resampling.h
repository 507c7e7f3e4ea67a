// SPDX-License-Identifier: Apache-2.0
// Resizing along one axis as a weighted sum per output position: what ONNX's modes come down to.
#pragma once

#include <string>
#include <vector>

#include "ir/op_def.h"

namespace tinyc::ir {

struct Resampling {
  std::string mode;         // nearest, linear, cubic
  std::string coordinates;  // ONNX's coordinate_transformation_mode
  std::string nearest;      // ONNX's nearest_mode
  double cubic_a = -0.75;
  bool exclude_outside = false;
  bool antialias = false;
  double extrapolation = 0;  // for tf_crop_and_resize
};

struct AxisResampling {
  int64_t in;
  int64_t out;
  double scale;
  double start;  // region of interest, as parts of the axis; for tf_crop_and_resize
  double end;
};

struct WeightedTap {
  int64_t index;
  double weight;
};

// Taps of output position `at`; none where the extrapolation value is to be taken.
std::vector<WeightedTap> resampling_taps(const Resampling& how, const AxisResampling& axis, int64_t at);

// Of a resize operator: whether axis d changes, and the taps of all its output positions.
bool resizes_axis(const Op& op, size_t d);
std::vector<std::vector<WeightedTap>> resize_taps(const Op& op, size_t d);

// The weights of one output position in units of 2^-20, rounded; the first of the largest ones takes the difference, so
// that their sum is exactly 2^20 and an even area stays as it is.
inline constexpr int kResizeBits = 20;
std::vector<int64_t> fixed_weights(const std::vector<WeightedTap>& taps);

}  // namespace tinyc::ir
