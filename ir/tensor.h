// SPDX-License-Identifier: Apache-2.0
// A dense tensor with its data, row-major. Copies share the data; it is copied on the first write.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "ir/type.h"

namespace tinyc::ir {

class Tensor {
 public:
  Tensor() : Tensor(Element::f32, {0}) {}
  Tensor(Element element, Shape shape);                                // zeros
  Tensor(Element element, Shape shape, std::vector<std::byte> bytes);  // bytes as stored (element_bytes each)

  template <class T>
  static Tensor of(Element element, Shape shape, std::span<const T> values) {
    Tensor tensor(element, std::move(shape));
    for (size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        tensor.set_real(static_cast<int64_t>(i), static_cast<double>(values[i]));
      } else {
        tensor.set_integer(static_cast<int64_t>(i), static_cast<int64_t>(values[i]));
      }
    }
    return tensor;
  }
  static Tensor of_integers(Element element, Shape shape, const std::vector<int64_t>& values);
  static Tensor of_reals(Element element, Shape shape, const std::vector<double>& values);

  Element element() const { return element_; }
  const Shape& shape() const { return shape_; }
  int64_t size() const { return size_; }
  int64_t bytes() const { return static_cast<int64_t>(data_->size()); }
  Type type() const { return {element_, shape_, std::nullopt}; }

  const std::byte* data() const { return data_->data(); }
  std::byte* mutable_data();
  // Typed view; T must have the element's stored size (uint16_t for f16 and bf16, int8_t for i4 and i2, uint8_t
  // for u4, u2, b1 and floats of 4 or 8 bits).
  template <class T>
  std::span<const T> view() const {
    return {reinterpret_cast<const T*>(data()), static_cast<size_t>(size_)};
  }
  template <class T>
  std::span<T> mutable_view() {
    return {reinterpret_cast<T*>(mutable_data()), static_cast<size_t>(size_)};
  }

  // Any element as a number; integers of 64 bits lose precision through real().
  double real(int64_t index) const;
  int64_t integer(int64_t index) const;  // floats are truncated towards zero and saturate
  // Floats are rounded to the element (half to even); integers saturate.
  void set_real(int64_t index, double value);
  void set_integer(int64_t index, int64_t value);

  Tensor reshaped(Shape shape) const;  // same element count, shared data
  std::vector<int64_t> integers() const;
  std::vector<double> reals() const;

  bool operator==(const Tensor& other) const;  // element, shape and every bit

 private:
  Element element_;
  Shape shape_;
  int64_t size_;
  std::shared_ptr<std::vector<std::byte>> data_;
};

// IEEE 754 binary16 and bfloat16, round half to even.
uint16_t to_f16(double value);
double from_f16(uint16_t bits);
uint16_t to_bf16(double value);
double from_bf16(uint16_t bits);

}  // namespace tinyc::ir
