// SPDX-License-Identifier: Apache-2.0
#include "ir/type.h"

#include <limits>

#include "compiler/support/diagnostics.h"
#include "compiler/support/text_writer.h"

namespace tinyc::ir {
namespace {

struct ElementInfo {
  std::string_view name;
  int bits;
  int bytes;
  enum class Kind : uint8_t { integer, real, minifloat, boolean } kind;
  bool is_signed;
};

using Kind = ElementInfo::Kind;

// In the order of Element.
constexpr ElementInfo kElements[] = {
    {"f32", 32, 4, Kind::real, true},
    {"f16", 16, 2, Kind::real, true},
    {"bf16", 16, 2, Kind::real, true},
    {"f64", 64, 8, Kind::real, true},
    {"i8", 8, 1, Kind::integer, true},
    {"u8", 8, 1, Kind::integer, false},
    {"i16", 16, 2, Kind::integer, true},
    {"u16", 16, 2, Kind::integer, false},
    {"i32", 32, 4, Kind::integer, true},
    {"u32", 32, 4, Kind::integer, false},
    {"i64", 64, 8, Kind::integer, true},
    {"u64", 64, 8, Kind::integer, false},
    {"i4", 4, 1, Kind::integer, true},
    {"u4", 4, 1, Kind::integer, false},
    {"i2", 2, 1, Kind::integer, true},
    {"u2", 2, 1, Kind::integer, false},
    {"b1", 8, 1, Kind::boolean, false},
    {"f8e4m3fn", 8, 1, Kind::minifloat, true},
    {"f8e4m3fnuz", 8, 1, Kind::minifloat, true},
    {"f8e5m2", 8, 1, Kind::minifloat, true},
    {"f8e5m2fnuz", 8, 1, Kind::minifloat, true},
    {"f8e8m0", 8, 1, Kind::minifloat, false},
    {"f4e2m1", 4, 1, Kind::minifloat, true},
};

const ElementInfo& info(Element element) { return kElements[static_cast<size_t>(element)]; }

template <class T, class Print>
std::string list_text(const std::vector<T>& values, Print print) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i) text += (i ? ", " : "") + print(values[i]);
  return text + "]";
}

}  // namespace

std::string_view element_name(Element element) { return info(element).name; }

std::optional<Element> element_from_name(std::string_view name) {
  for (size_t i = 0; i < std::size(kElements); ++i) {
    if (kElements[i].name == name) return static_cast<Element>(i);
  }
  return std::nullopt;
}

int element_bits(Element element) { return info(element).bits; }
int element_bytes(Element element) { return info(element).bytes; }
bool is_float(Element element) { return info(element).kind == Kind::real; }
bool is_minifloat(Element element) { return info(element).kind == Kind::minifloat; }
bool is_integer(Element element) { return info(element).kind == Kind::integer; }
bool is_signed(Element element) { return info(element).is_signed; }

int64_t lowest(Element element) {
  if (!is_signed(element)) return 0;
  return std::numeric_limits<int64_t>::min() >> (64 - element_bits(element));
}

int64_t highest(Element element) {
  if (element == Element::b1) return 1;
  const int value_bits = element_bits(element) - (is_signed(element) ? 1 : 0);
  return value_bits >= 63 ? std::numeric_limits<int64_t>::max() : (int64_t{1} << value_bits) - 1;
}

int64_t element_count(const Shape& shape) {
  const std::optional<int64_t> count = checked_element_count(shape);
  if (!count) TINYC_BUG("shape " + shape_text(shape) + " was not checked");
  return *count;
}

std::optional<int64_t> checked_element_count(const Shape& shape) {
  constexpr int64_t kLimit = std::numeric_limits<int32_t>::max();
  int64_t count = 1;
  for (const int64_t dim : shape) {
    if (dim < 0 || dim > kLimit) return std::nullopt;
    if (dim != 0 && count > kLimit / dim) return std::nullopt;
    count *= dim;
  }
  return count;
}

std::string shape_text(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

int64_t Type::bytes() const {
  const int bits = element_bits(element);
  return (elements() * bits + 7) / 8;
}

int64_t Type::stored_bytes() const { return elements() * element_bytes(element); }

std::string type_text(const Type& type) {
  std::string text = std::string(element_name(type.element)) + shape_text(type.shape);
  if (!type.quant) return text;
  const Quantization& q = *type.quant;
  if (q.per_tensor()) return text + fmt::format(" q({}, {})", shortest(q.scales[0]), q.zero_points[0]);
  const std::string block = q.block > 0 ? fmt::format("block = {}, ", q.block) : "";
  return text + fmt::format(" q(axis = {}, {}{}, {})", q.axis, block, list_text(q.scales, [](double s) { return shortest(s); }),
                            list_text(q.zero_points, [](int64_t z) { return std::to_string(z); }));
}

int64_t scale_count(const Type& type) {
  const Quantization& q = *type.quant;
  if (q.per_tensor()) return 1;
  const int64_t size = type.shape[static_cast<size_t>(q.axis)];
  if (q.block == 0) return size;
  return size == 0 ? 0 : type.elements() / size * ((size + q.block - 1) / q.block);
}

}  // namespace tinyc::ir
