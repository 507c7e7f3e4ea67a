// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/value_difference.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ir/ops/quantization.h"

namespace tinyc {
namespace {

double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  const double difference = std::fabs(a - b);
  return std::isnan(difference) ? INFINITY : difference;
}

// Dimensions other than 1: only they decide where an element lies.
ir::Shape squeezed(const ir::Shape& shape) {
  ir::Shape result;
  for (const int64_t size : shape) {
    if (size != 1) result.push_back(size);
  }
  return result;
}

std::vector<double> permuted(const std::vector<double>& value, const ir::Shape& from,
                             const std::vector<size_t>& order) {
  ir::Shape to;
  for (const size_t axis : order) to.push_back(from[axis]);
  const ir::Shape from_strides = ir::strides_of(from);
  const ir::Shape to_strides = ir::strides_of(to);
  std::vector<double> result(value.size());
  for (size_t i = 0; i < result.size(); ++i) {
    int64_t source = 0;
    for (size_t d = 0; d < order.size(); ++d) {
      source += static_cast<int64_t>(i) / to_strides[d] % to[d] * from_strides[order[d]];
    }
    result[i] = value[static_cast<size_t>(source)];
  }
  return result;
}

double noise_between(const std::vector<double>& a, const std::vector<double>& b) {
  double noise = 0;
  for (size_t i = 0; i < a.size(); ++i) noise += distance(a[i], b[i]) * distance(a[i], b[i]);
  return noise;
}

}  // namespace

double signal_to_noise_db(double signal, double noise) {
  if (noise == 0) return INFINITY;
  if (signal == 0 || std::isinf(noise)) return -INFINITY;
  return 10 * std::log10(signal / noise);
}

void ValueDifference::add(const std::vector<double>& reference, const std::vector<double>& value,
                          const ir::Shape& shape) {
  const bool has_channels = shape.size() > 1;
  const auto inner = has_channels ? static_cast<size_t>(ir::strides_of(shape)[1]) : 1;
  if (has_channels) channels_.resize(static_cast<size_t>(shape[1]));
  for (size_t i = 0; i < reference.size(); ++i) {
    const double a = reference[i];
    const double b = value[i];
    const double difference = distance(a, b);
    ++elements_;
    unequal_ += difference > 0 ? 1 : 0;
    largest_ = std::max(largest_, difference);
    noise_ += difference * difference;
    if (std::isfinite(a) && std::isfinite(b)) {
      reference_squares_ += a * a;
      value_squares_ += b * b;
      products_ += a * b;
    }
    if (!has_channels) continue;
    Sums& sums = channels_[i / inner % channels_.size()];
    sums.signal += std::isfinite(a) ? a * a : 0;
    sums.noise += difference * difference;
  }
}

double ValueDifference::cosine() const {
  const double lengths = std::sqrt(reference_squares_) * std::sqrt(value_squares_);
  if (lengths > 0) return products_ / lengths;
  return reference_squares_ == value_squares_ ? 1 : 0;
}

std::optional<ValueDifference::Channel> ValueDifference::worst_channel() const {
  const auto worst = std::max_element(channels_.begin(), channels_.end(),
                                      [](const Sums& a, const Sums& b) { return a.noise < b.noise; });
  if (worst == channels_.end() || worst->noise == 0) return std::nullopt;
  return Channel{worst - channels_.begin(), signal_to_noise_db(worst->signal, worst->noise)};
}

std::vector<double> real_values(const ir::Tensor& tensor, const ir::Type& type) {
  if (!type.quantized()) return tensor.reals();
  const std::vector<int64_t> channel = ir::channel_of_elements(type);
  std::vector<double> values(channel.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t steps = tensor.integer(static_cast<int64_t>(i)) - type.quant->zero_point(channel[i]);
    values[i] = static_cast<double>(static_cast<float>(steps) * static_cast<float>(type.quant->scale(channel[i])));
  }
  return values;
}

bool same_elements(const ir::Shape& a, const ir::Shape& b) {
  ir::Shape left = squeezed(a);
  ir::Shape right = squeezed(b);
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

std::vector<double> in_order_of(const std::vector<double>& reference, const ir::Shape& to,
                                const std::vector<double>& value, const ir::Shape& from) {
  const ir::Shape wanted = squeezed(to);
  const ir::Shape given = squeezed(from);
  std::vector<double> best;
  double least = INFINITY;
  std::vector<size_t> order(given.size());
  std::iota(order.begin(), order.end(), size_t{0});
  do {
    bool fits = true;
    for (size_t d = 0; d < order.size(); ++d) fits &= given[order[d]] == wanted[d];
    if (!fits) continue;
    std::vector<double> candidate = permuted(value, given, order);
    const double noise = noise_between(reference, candidate);
    if (!best.empty() && !(noise < least)) continue;
    best = std::move(candidate);
    least = noise;
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

}  // namespace tinyc
