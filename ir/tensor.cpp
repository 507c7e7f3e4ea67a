// SPDX-License-Identifier: Apache-2.0
#include "ir/tensor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "compiler/support/diagnostics.h"
#include "ir/minifloat.h"

namespace tinyc::ir {
namespace {

// Rounds a double to a binary format with `mantissa` stored bits and the given exponent range, returning the
// value scaled to an integer pattern (without sign). Handles subnormals, overflow to infinity and NaN.
uint32_t round_to_format(double magnitude, int mantissa, int exponent_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const uint32_t infinity = ((1U << exponent_bits) - 1) << mantissa;
  if (std::isnan(magnitude)) return infinity | (1U << (mantissa - 1));
  if (std::isinf(magnitude)) return infinity;
  if (magnitude == 0) return 0;
  const int exponent = std::max(std::ilogb(magnitude), 1 - bias);
  const double scaled = std::ldexp(magnitude, mantissa - exponent);  // in units of the last place
  const auto units = static_cast<uint32_t>(std::nearbyint(scaled));  // default rounding: half to even
  // units carries the hidden bit for normal numbers; adding lets a round-up carry into the exponent.
  const uint32_t bits = (static_cast<uint32_t>(exponent + bias - 1) << mantissa) + units;
  return std::min(bits, infinity);
}

double from_format(uint32_t bits, int mantissa, int exponent_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const bool negative = (bits >> (mantissa + exponent_bits)) & 1U;
  const int exponent = static_cast<int>((bits >> mantissa) & ((1U << exponent_bits) - 1));
  const uint32_t fraction = bits & ((1U << mantissa) - 1);
  double value = 0;
  if (exponent == (1 << exponent_bits) - 1) {
    value = fraction ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  } else if (exponent == 0) {
    value = std::ldexp(fraction, 1 - bias - mantissa);
  } else {
    value = std::ldexp(fraction + (1U << mantissa), exponent - bias - mantissa);
  }
  return negative ? -value : value;
}

template <class T>
T load(const std::byte* from, int64_t index) {
  T value;
  std::memcpy(&value, from + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

template <class T>
void store(std::byte* to, int64_t index, T value) {
  std::memcpy(to + static_cast<size_t>(index) * sizeof(T), &value, sizeof(T));
}

int64_t saturate_to_int64(double value) {
  if (std::isnan(value)) return 0;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (value >= kLimit) return std::numeric_limits<int64_t>::max();
  if (value < -kLimit) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

}  // namespace

uint16_t to_f16(double value) {
  return static_cast<uint16_t>(round_to_format(std::fabs(value), 10, 5) | (std::signbit(value) ? 0x8000U : 0U));
}
double from_f16(uint16_t bits) { return from_format(bits, 10, 5); }
uint16_t to_bf16(double value) {
  return static_cast<uint16_t>(round_to_format(std::fabs(value), 7, 8) | (std::signbit(value) ? 0x8000U : 0U));
}
double from_bf16(uint16_t bits) { return from_format(bits, 7, 8); }

Tensor::Tensor(Element element, Shape shape)
    : element_(element), shape_(std::move(shape)), size_(element_count(shape_)) {
  data_ = std::make_shared<std::vector<std::byte>>(static_cast<size_t>(size_) *
                                                   static_cast<size_t>(element_bytes(element_)));
}

Tensor::Tensor(Element element, Shape shape, std::vector<std::byte> bytes)
    : element_(element), shape_(std::move(shape)), size_(element_count(shape_)) {
  TINYC_CHECK(bytes.size() == static_cast<size_t>(size_) * static_cast<size_t>(element_bytes(element_)));
  data_ = std::make_shared<std::vector<std::byte>>(std::move(bytes));
}

Tensor Tensor::of_integers(Element element, Shape shape, const std::vector<int64_t>& values) {
  return of<int64_t>(element, std::move(shape), values);
}

Tensor Tensor::of_reals(Element element, Shape shape, const std::vector<double>& values) {
  return of<double>(element, std::move(shape), values);
}

std::byte* Tensor::mutable_data() {
  if (data_.use_count() > 1) data_ = std::make_shared<std::vector<std::byte>>(*data_);
  return data_->data();
}

double Tensor::real(int64_t index) const {
  switch (element_) {
    case Element::f32:
      return load<float>(data(), index);
    case Element::f64:
      return load<double>(data(), index);
    case Element::f16:
      return from_f16(load<uint16_t>(data(), index));
    case Element::bf16:
      return from_bf16(load<uint16_t>(data(), index));
    case Element::u64:
      return static_cast<double>(load<uint64_t>(data(), index));
    default:
      if (is_minifloat(element_)) return from_minifloat(element_, load<uint8_t>(data(), index));
      return static_cast<double>(integer(index));
  }
}

int64_t Tensor::integer(int64_t index) const {
  switch (element_) {
    case Element::i2:
    case Element::i4:
    case Element::i8:
      return load<int8_t>(data(), index);
    case Element::u2:
    case Element::u4:
    case Element::b1:
    case Element::u8:
      return load<uint8_t>(data(), index);
    case Element::i16:
      return load<int16_t>(data(), index);
    case Element::u16:
      return load<uint16_t>(data(), index);
    case Element::i32:
      return load<int32_t>(data(), index);
    case Element::u32:
      return load<uint32_t>(data(), index);
    case Element::i64:
    case Element::u64:
      return load<int64_t>(data(), index);
    default:
      return saturate_to_int64(real(index));
  }
}

void Tensor::set_real(int64_t index, double value) {
  std::byte* to = mutable_data();
  switch (element_) {
    case Element::f32:
      store(to, index, static_cast<float>(value));
      break;
    case Element::f64:
      store(to, index, value);
      break;
    case Element::f16:
      store(to, index, to_f16(value));
      break;
    case Element::bf16:
      store(to, index, to_bf16(value));
      break;
    case Element::b1:
      store(to, index, static_cast<uint8_t>(value != 0));
      break;
    default:
      if (is_minifloat(element_)) return store(to, index, to_minifloat(element_, value));
      set_integer(index, saturate_to_int64(std::nearbyint(value)));
      break;
  }
}

void Tensor::set_integer(int64_t index, int64_t value) {
  if (is_float(element_) || is_minifloat(element_)) return set_real(index, static_cast<double>(value));
  std::byte* to = mutable_data();
  if (element_ == Element::u64) return store(to, index, value);  // the pattern as it is
  value = std::clamp(value, lowest(element_), highest(element_));
  switch (element_bytes(element_)) {
    case 1:
      store(to, index, static_cast<uint8_t>(value));
      break;
    case 2:
      store(to, index, static_cast<uint16_t>(value));
      break;
    case 4:
      store(to, index, static_cast<uint32_t>(value));
      break;
    default:
      store(to, index, value);
      break;
  }
}

Tensor Tensor::reshaped(Shape shape) const {
  TINYC_CHECK(element_count(shape) == size_);
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

std::vector<int64_t> Tensor::integers() const {
  std::vector<int64_t> values(static_cast<size_t>(size_));
  for (int64_t i = 0; i < size_; ++i) values[static_cast<size_t>(i)] = integer(i);
  return values;
}

std::vector<double> Tensor::reals() const {
  std::vector<double> values(static_cast<size_t>(size_));
  for (int64_t i = 0; i < size_; ++i) values[static_cast<size_t>(i)] = real(i);
  return values;
}

bool Tensor::operator==(const Tensor& other) const {
  return element_ == other.element_ && shape_ == other.shape_ && *data_ == *other.data_;
}

}  // namespace tinyc::ir
