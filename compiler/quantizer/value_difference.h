// SPDX-License-Identifier: Apache-2.0
// How far one tensor is from another, summed over data sets. Both are real numbers, whatever they are stored as.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ir/tensor.h"

namespace tinyc {

// 10 * log10(signal / noise) of two sums of squares; infinite if there is no noise, minus infinite if there is no
// signal.
double signal_to_noise_db(double signal, double noise);

class ValueDifference {
 public:
  // Adds the elements of one data set, `value` already in the order of `reference`. Channels are counted along axis 1
  // of `shape` (ONNX's order of axes), where there is one. A pair of NaNs is equal; any other difference that is not
  // finite is infinite noise.
  void add(const std::vector<double>& reference, const std::vector<double>& value, const ir::Shape& shape);

  int64_t elements() const { return elements_; }
  int64_t unequal() const { return unequal_; }
  double largest() const { return largest_; }
  double snr_db() const { return signal_to_noise_db(reference_squares_, noise_); }
  // Of the angle between both as vectors; 1 where both are zero.
  double cosine() const;

  struct Channel {
    int64_t index;
    double snr_db;
  };
  // The channel with most noise; nothing without channels or without noise.
  std::optional<Channel> worst_channel() const;

 private:
  struct Sums {
    double signal = 0;
    double noise = 0;
  };

  int64_t elements_ = 0;
  int64_t unequal_ = 0;
  double largest_ = 0;
  double reference_squares_ = 0;
  double value_squares_ = 0;
  double products_ = 0;
  double noise_ = 0;
  std::vector<Sums> channels_;
};

// The numbers that a tensor of this type stands for: float32(q - zero) * float32(scale) where it is quantised.
std::vector<double> real_values(const ir::Tensor& tensor, const ir::Type& type);

// Whether one shape is the other in another order, dimensions of 1 aside.
bool same_elements(const ir::Shape& a, const ir::Shape& b);
// `value`, of shape `from`, in the order of `reference`, of shape `to` (same_elements). Compilers keep tensors in
// another order of axes (channels last); which one is not known here, so of all orders that give the shape the one that
// fits the reference best is taken.
std::vector<double> in_order_of(const std::vector<double>& reference, const ir::Shape& to,
                                const std::vector<double>& value, const ir::Shape& from);

}  // namespace tinyc
