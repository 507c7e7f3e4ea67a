// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/resampling.h"

#include <algorithm>
#include <cmath>

#include "ir/numerics.h"

namespace tinyc::ir {
namespace {

// Input coordinate of an output position.
double source(const Resampling& how, const AxisResampling& axis, int64_t at) {
  const auto x = static_cast<double>(at);
  const auto in = static_cast<double>(axis.in);
  const auto out = static_cast<double>(axis.out);
  if (how.coordinates == "asymmetric") return x / axis.scale;
  const double exact = axis.scale * in;  // the result's extent before it was rounded
  if (how.coordinates == "align_corners") return axis.out == 1 || exact == 1 ? 0 : x * (in - 1) / (exact - 1);
  if (how.coordinates == "pytorch_half_pixel") return axis.out == 1 ? -0.5 : (x + 0.5) / axis.scale - 0.5;
  if (how.coordinates == "tf_half_pixel_for_nn") return (x + 0.5) / axis.scale;
  if (how.coordinates == "half_pixel_symmetric") return in / 2 * (1 - out / exact) + (x + 0.5) / axis.scale - 0.5;
  if (how.coordinates == "tf_crop_and_resize") {
    if (axis.out == 1) return 0.5 * (axis.start + axis.end) * (in - 1);
    return axis.start * (in - 1) + x * (axis.end - axis.start) * (in - 1) / (out - 1);
  }
  return (x + 0.5) / axis.scale - 0.5;  // half_pixel
}

double nearest(const std::string& mode, double x) {
  if (mode == "floor") return std::floor(x);
  if (mode == "ceil") return std::ceil(x);
  const bool tie = x == std::floor(x) + 0.5;
  if (mode == "round_prefer_ceil" && tie) return std::ceil(x);
  return tie ? std::floor(x) : std::round(x);  // round_prefer_floor
}

double linear_weight(double distance) { return std::max(0.0, 1 - std::fabs(distance)); }

double cubic_weight(double distance, double a) {
  const double d = std::fabs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return 0;
}

}  // namespace

std::vector<WeightedTap> resampling_taps(const Resampling& how, const AxisResampling& axis, int64_t at) {
  constexpr double kFar = 1099511627776;  // 2^40: farther away nothing changes any more
  const double x = std::clamp(source(how, axis, at), -kFar, kFar);
  const auto last = static_cast<double>(axis.in - 1);
  if (how.coordinates == "tf_crop_and_resize" && (x < 0 || x > last)) return {};
  const auto inside = [&](double position) { return static_cast<int64_t>(std::clamp(position, 0.0, last)); };
  if (how.mode == "nearest") return {{inside(nearest(how.nearest, x)), 1}};
  // Shrinking with antialias widens the filter by the factor.
  const double factor = how.antialias && axis.scale < 1 ? std::max(axis.scale, 0.5 / static_cast<double>(axis.in)) : 1;
  const double reach = (how.mode == "cubic" ? 2 : 1) / factor;
  std::vector<WeightedTap> taps;
  double sum = 0;
  const double end = std::ceil(x + reach) - 1;
  for (double position = std::floor(x - reach) + 1; position <= end; ++position) {
    const double distance = (x - position) * factor;
    const bool outside = position < 0 || position > last;
    const double weight = how.exclude_outside && outside ? 0
                          : how.mode == "cubic"          ? cubic_weight(distance, how.cubic_a)
                                                         : linear_weight(distance);
    if (weight != 0) taps.push_back({inside(position), weight});
    sum += weight;
  }
  if (sum == 0) return {{inside(std::round(x)), 1}};
  for (WeightedTap& tap : taps) tap.weight /= sum;
  return taps;
}

std::vector<int64_t> fixed_weights(const std::vector<WeightedTap>& taps) {
  std::vector<int64_t> weights;
  size_t largest = 0;
  int64_t rest = int64_t{1} << kResizeBits;
  for (size_t i = 0; i < taps.size(); ++i) {
    weights.push_back(static_cast<int64_t>(round_half_even(std::ldexp(taps[i].weight, kResizeBits))));
    rest -= weights[i];
    if (weights[i] > weights[largest]) largest = i;
  }
  if (!weights.empty()) weights[largest] += rest;
  return weights;
}

}  // namespace tinyc::ir
