// SPDX-License-Identifier: Apache-2.0
// Tensor data: raw bytes, typed fields, and files beside the model.
// Sizes are compared with the shape before anything of the shape's size is allocated.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "compiler/frontend/external_data.h"
#include "compiler/frontend/onnx_reader_internal.h"

namespace tinyc::onnx_reader {
namespace {

using ir::Element;
using Bytes = std::vector<std::byte>;

static_assert(std::endian::native == std::endian::little, "raw tensor data is little-endian and is copied as it is");

template <class T>
using Repeated = google::protobuf::RepeatedField<T>;

// Elements that share a byte, the first one in its low bits.
bool is_packed(Element element) { return ir::element_bits(element) < 8; }

// Bytes of `count` elements as ONNX stores them.
int64_t stored_bytes(Element element, int64_t count) {
  return is_packed(element) ? (count * ir::element_bits(element) + 7) / 8 : count * ir::element_bytes(element);
}

Bytes unpack(std::string_view packed, Element element, int64_t count) {
  const int bits = ir::element_bits(element);
  const auto each = static_cast<size_t>(8 / bits);
  Bytes bytes(static_cast<size_t>(count));
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int shift = static_cast<int>(i % each) * bits;
    const int value = static_cast<uint8_t>(packed[i / each]) >> shift & ((1 << bits) - 1);
    const bool negative = ir::is_integer(element) && value > ir::highest(element);
    bytes[i] = static_cast<std::byte>(negative ? value - (1 << bits) : value);
  }
  return bytes;
}

// `raw` has stored_bytes(element, count) bytes.
Bytes from_raw(std::string_view raw, Element element, int64_t count) {
  if (is_packed(element)) return unpack(raw, element, count);
  Bytes bytes(raw.size());
  if (!raw.empty()) std::memcpy(bytes.data(), raw.data(), raw.size());
  if (element != Element::b1) return bytes;
  for (std::byte& byte : bytes) byte = std::byte{byte != std::byte{0}};
  return bytes;
}

// Typed fields hold small types in wider ones; like numpy, take the low bits.
template <class To, class From>
Bytes narrowed(const Repeated<From>& values) {
  Bytes bytes(static_cast<size_t>(values.size()) * sizeof(To));
  for (int i = 0; i < values.size(); ++i) {
    const To value = static_cast<To>(values[i]);
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof(To), &value, sizeof(To));
  }
  return bytes;
}

// The typed field that the specification names for the element, as raw bytes.
Bytes typed_bytes(const proto::TensorProto& tensor, Element element) {
  switch (element) {
    case Element::f32:
      return narrowed<float>(tensor.float_data());
    case Element::f64:
      return narrowed<double>(tensor.double_data());
    case Element::i32:
      return narrowed<int32_t>(tensor.int32_data());
    case Element::i64:
      return narrowed<int64_t>(tensor.int64_data());
    case Element::u32:
      return narrowed<uint32_t>(tensor.uint64_data());
    case Element::u64:
      return narrowed<uint64_t>(tensor.uint64_data());
    case Element::i16:
    case Element::u16:
    case Element::f16:
    case Element::bf16:
      return narrowed<uint16_t>(tensor.int32_data());
    default:
      return narrowed<uint8_t>(tensor.int32_data());  // i8, u8, b1, floats of 8 bits; smaller ones share bytes
  }
}

std::string_view as_text(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::optional<Element> read_element(Context& context, int32_t data_type, const Location& where) {
  const std::optional<Element> element = element_of_data_type(data_type);
  if (element) return element;
  context.diagnostics.error(
      Code::T0310, where, fmt::format("element type {} is not supported", data_type_name(data_type)),
      "supported: float, float16, bfloat16, double, float8, float4, int2 to int64, uint2 to uint64, bool");
  return std::nullopt;
}

Result<uint64_t> parse_unsigned(const std::string& key, const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return Failure{fmt::format("'{}' is '{}', which is not a number of bytes", key, text)};
}

Result<ExternalPlace> read_place(const proto::TensorProto& tensor) {
  ExternalPlace place;
  for (const proto::StringStringEntryProto& entry : tensor.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() != "offset" && entry.key() != "length") continue;
    const Result<uint64_t> number = parse_unsigned(entry.key(), entry.value());
    if (!number) return number.failure();
    if (entry.key() == "offset") place.offset = *number;
    if (entry.key() == "length") place.length = *number;
  }
  return place;
}

Result<std::string> read_external(Context& context, const proto::TensorProto& tensor, int64_t needed) {
  if (!context.folder) return Failure{"data in another file is not allowed here"};
  const Result<ExternalPlace> place = read_place(tensor);
  if (!place) return place.failure();
  if (needed > context.external_budget) return Failure{"the model's external data is larger than 2 GiB in all"};
  context.external_budget -= needed;
  return read_external_data(*context.folder, *place, static_cast<uint64_t>(needed));
}

std::optional<std::string> external_bytes(Context& context, const proto::TensorProto& tensor, int64_t needed,
                                          const Location& where) {
  Result<std::string> bytes = read_external(context, tensor, needed);
  if (bytes) return bytes.take();
  const std::string help = "keep the model and its data files together in one folder";
  context.diagnostics.error(Code::T0306, where, bytes.message(), help);
  return std::nullopt;
}

// Data with the right number of bytes becomes a tensor.
std::optional<ir::Tensor> make_tensor(Context& context, std::string_view raw, std::string_view source, Element element,
                                      const ir::Shape& shape, const Location& where) {
  const int64_t count = ir::element_count(shape);
  const int64_t needed = stored_bytes(element, count);
  if (raw.size() != static_cast<size_t>(needed)) {
    context.diagnostics.error(Code::T0302, where,
                              fmt::format("{} gives {} bytes, but {}{} takes {}", source, raw.size(),
                                          ir::element_name(element), ir::shape_text(shape), needed));
    return std::nullopt;
  }
  return ir::Tensor(element, shape, from_raw(raw, element, count));
}

}  // namespace

std::optional<ir::Shape> read_shape(Context& context, const google::protobuf::RepeatedField<int64_t>& dims,
                                    const Location& where) {
  if (dims.size() > kMaxRank) {
    context.diagnostics.error(Code::T0308, where, fmt::format("{} dimensions, more than {}", dims.size(), kMaxRank));
    return std::nullopt;
  }
  const ir::Shape shape(dims.begin(), dims.end());
  if (std::any_of(shape.begin(), shape.end(), [](int64_t dim) { return dim < 0; })) {
    context.diagnostics.error(Code::T0302, where,
                              fmt::format("shape {} has a negative dimension", ir::shape_text(shape)));
    return std::nullopt;
  }
  if (!ir::checked_element_count(shape)) {
    context.diagnostics.error(Code::T0308, where,
                              fmt::format("shape {} has more than 2^31 - 1 elements", ir::shape_text(shape)));
    return std::nullopt;
  }
  return shape;
}

std::optional<ir::Tensor> read_tensor(Context& context, const proto::TensorProto& tensor, const Location& where) {
  const std::optional<ir::Shape> shape = read_shape(context, tensor.dims(), where);
  const std::optional<Element> element = read_element(context, tensor.data_type(), where);
  if (!shape || !element) return std::nullopt;
  const int64_t needed = stored_bytes(*element, ir::element_count(*shape));
  if (needed > kMaxBytes) {
    context.diagnostics.error(Code::T0308, where, fmt::format("{} bytes are more than 2 GiB", needed));
    return std::nullopt;
  }
  if (tensor.has_segment()) {
    context.diagnostics.error(Code::T0302, where, "the tensor is cut into segments, which tinyc does not join");
    return std::nullopt;
  }
  if (tensor.data_location() == proto::TensorProto::EXTERNAL) {
    const std::optional<std::string> bytes = external_bytes(context, tensor, needed, where);
    return bytes ? make_tensor(context, *bytes, "the file", *element, *shape, where) : std::nullopt;
  }
  if (!tensor.raw_data().empty()) return make_tensor(context, tensor.raw_data(), "raw_data", *element, *shape, where);
  return make_tensor(context, as_text(typed_bytes(tensor, *element)), "the data", *element, *shape, where);
}

std::string packed_bytes(const ir::Tensor& tensor) {
  const std::string_view bytes(reinterpret_cast<const char*>(tensor.data()), static_cast<size_t>(tensor.bytes()));
  if (!is_packed(tensor.element())) return std::string(bytes);
  const int bits = ir::element_bits(tensor.element());
  const auto each = static_cast<size_t>(8 / bits);
  std::string packed((bytes.size() + each - 1) / each, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int value = (bytes[i] & ((1 << bits) - 1)) << (static_cast<int>(i % each) * bits);
    packed[i / each] = static_cast<char>(packed[i / each] | value);
  }
  return packed;
}

}  // namespace tinyc::onnx_reader
