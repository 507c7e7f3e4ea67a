// SPDX-License-Identifier: Apache-2.0
// Element types and the types of values.
#include <fmt/format.h>

#include "compiler/frontend/onnx_reader_internal.h"

namespace tinyc::onnx_reader {
namespace {

using ir::Element;

struct DataTypeInfo {
  std::string_view name;
  std::optional<Element> element;
};

// Indexed by TensorProto.DataType.
constexpr DataTypeInfo kDataTypes[] = {
    {"undefined", {}},
    {"float", Element::f32},
    {"uint8", Element::u8},
    {"int8", Element::i8},
    {"uint16", Element::u16},
    {"int16", Element::i16},
    {"int32", Element::i32},
    {"int64", Element::i64},
    {"string", {}},
    {"bool", Element::b1},
    {"float16", Element::f16},
    {"double", Element::f64},
    {"uint32", Element::u32},
    {"uint64", Element::u64},
    {"complex64", {}},
    {"complex128", {}},
    {"bfloat16", Element::bf16},
    {"float8e4m3fn", Element::f8e4m3fn},
    {"float8e4m3fnuz", Element::f8e4m3fnuz},
    {"float8e5m2", Element::f8e5m2},
    {"float8e5m2fnuz", Element::f8e5m2fnuz},
    {"uint4", Element::u4},
    {"int4", Element::i4},
    {"float4e2m1", Element::f4e2m1},
    {"float8e8m0", Element::f8e8m0},
    {"uint2", Element::u2},
    {"int2", Element::i2},
    {"float6e2m3", {}},
    {"float6e3m2", {}},
};
static_assert(std::size(kDataTypes) == proto::TensorProto::DataType_ARRAYSIZE);

bool is_known(int32_t data_type) { return data_type >= 0 && static_cast<size_t>(data_type) < std::size(kDataTypes); }

// Recursion is bounded by the nesting that parse_message allows.
std::string type_text(const proto::TypeProto& type) {
  switch (type.value_case()) {
    case proto::TypeProto::kTensorType:
      return data_type_name(type.tensor_type().elem_type());
    case proto::TypeProto::kSequenceType:
      return fmt::format("sequence({})", type_text(type.sequence_type().elem_type()));
    case proto::TypeProto::kMapType:
      return fmt::format("map({}, {})", data_type_name(type.map_type().key_type()),
                         type_text(type.map_type().value_type()));
    case proto::TypeProto::kOptionalType:
      return fmt::format("optional({})", type_text(type.optional_type().elem_type()));
    case proto::TypeProto::kSparseTensorType:
      return fmt::format("sparse({})", data_type_name(type.sparse_tensor_type().elem_type()));
    case proto::TypeProto::kOpaqueType:
      return "opaque";
    case proto::TypeProto::VALUE_NOT_SET:
      return "unknown";
  }
  return "unknown";
}

// Old exporters write -1 for a dimension they do not know.
ir::OnnxDim read_dim(const proto::TensorShapeProto::Dimension& dim) {
  ir::OnnxDim result;
  if (dim.has_dim_value() && dim.dim_value() >= 0) result.value = dim.dim_value();
  if (dim.has_dim_param()) result.symbol = dim.dim_param();
  return result;
}

}  // namespace

std::string data_type_name(int32_t data_type) {
  if (!is_known(data_type)) return fmt::format("number {}", data_type);
  return std::string(kDataTypes[data_type].name);
}

std::optional<Element> element_of_data_type(int32_t data_type) {
  return is_known(data_type) ? kDataTypes[data_type].element : std::nullopt;
}

int32_t data_type_of_element(Element element) {
  int32_t data_type = 0;
  while (kDataTypes[data_type].element != element) ++data_type;  // every element has one
  return data_type;
}

ir::OnnxValueInfo read_value_info(Context& context, const proto::ValueInfoProto& info) {
  ir::OnnxValueInfo result{info.name(), {}, type_text(info.type()), {}};
  if (!info.type().has_tensor_type()) return result;
  const proto::TypeProto::Tensor& type = info.type().tensor_type();
  result.element = element_of_data_type(type.elem_type());
  if (!type.has_shape()) return result;
  if (type.shape().dim_size() > kMaxRank) {
    const Location where{{}, {}, {}, info.name()};
    context.diagnostics.error(Code::T0308, where,
                              fmt::format("{} dimensions, more than {}", type.shape().dim_size(), kMaxRank));
    return result;
  }
  result.dims.emplace();
  for (const proto::TensorShapeProto::Dimension& dim : type.shape().dim()) result.dims->push_back(read_dim(dim));
  return result;
}

}  // namespace tinyc::onnx_reader
