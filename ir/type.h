// SPDX-License-Identifier: Apache-2.0
// Types of values: element, static shape, optional affine quantisation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinyc::ir {

enum class Element : uint8_t {
  f32,
  f16,
  bf16,
  f64,
  i8,
  u8,
  i16,
  u16,
  i32,
  u32,
  i64,
  u64,
  i4,
  u4,
  i2,
  u2,
  b1,
  f8e4m3fn,
  f8e4m3fnuz,
  f8e5m2,
  f8e5m2fnuz,
  f8e8m0,
  f4e2m1
};

std::string_view element_name(Element element);  // "f32", "i8", "b1" ...
std::optional<Element> element_from_name(std::string_view name);
int element_bits(Element element);   // 2 to 64; b1 counts 8, as it is stored
int element_bytes(Element element);  // as stored in a Tensor: fewer than 8 bits and b1 take one byte
bool is_float(Element element);      // that is computed with: 16 to 64 bits
bool is_minifloat(Element element);  // 4 or 8 bits, only stored (ir/minifloat.h)
bool is_integer(Element element);    // not b1
bool is_signed(Element element);   // integers only
int64_t lowest(Element element);   // integers only; u64 saturates at the int64 range
int64_t highest(Element element);

using Shape = std::vector<int64_t>;

int64_t element_count(const Shape& shape);  // 1 for a scalar
// Element count if it and every dimension is in [0, 2^31 - 1], else nothing.
std::optional<int64_t> checked_element_count(const Shape& shape);
std::string shape_text(const Shape& shape);  // "[1,3,96,96]"
Shape strides_of(const Shape& shape);        // row-major, in elements

// real = scale * (integer - zero_point). One scale for the tensor, or one per index of `axis`.
struct Quantization {
  std::vector<double> scales;        // finite, > 0; exactly representable as float unless tinyc made them
  std::vector<int64_t> zero_points;  // as many as scales
  int axis = -1;                     // -1 = per tensor
  int64_t block = 0;                 // > 0: that many elements along the axis share a scale, for every line of the axis
                                     // on its own; scales then lie as a tensor with a shorter axis does

  bool per_tensor() const { return axis < 0; }
  double scale(int64_t channel = 0) const { return scales[per_tensor() ? 0 : static_cast<size_t>(channel)]; }
  int64_t zero_point(int64_t channel = 0) const { return zero_points[per_tensor() ? 0 : static_cast<size_t>(channel)]; }
  bool operator==(const Quantization&) const = default;
};

struct Type {
  Element element = Element::f32;
  Shape shape;
  std::optional<Quantization> quant;

  int rank() const { return static_cast<int>(shape.size()); }
  int64_t elements() const { return element_count(shape); }
  int64_t bytes() const;         // packed: two 4-bit elements per byte
  int64_t stored_bytes() const;  // as a Tensor or a buffer holds it
  bool quantized() const { return quant.has_value(); }
  bool operator==(const Type&) const = default;
};

// Scales that the quantisation of the type must have.
int64_t scale_count(const Type& type);

std::string type_text(const Type& type);  // "i8[1,4] q(0.5, -3)"

}  // namespace tinyc::ir
