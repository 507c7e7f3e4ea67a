// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/quantization.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/common.h"
#include "ir/verify.h"

namespace tinyc::ir {
namespace {

// Scale and zero points as they stand in the model; counts and ranges are checked by the caller.
std::optional<QuantizedType> read_quantization(OnnxImporter& importer, size_t scale_input, size_t zero_point_input,
                                               Element fallback) {
  const Tensor* scale = importer.required_constant(scale_input, "the scale");
  if (!scale) return std::nullopt;
  const int64_t block = importer.integer("block_size", 0);
  if (block == 0 && scale->shape().size() > 1 && scale->size() != 1) {
    importer.error(Code::T0501, fmt::format("scales of shape {} without block_size", shape_text(scale->shape())));
    return std::nullopt;
  }
  QuantizedType result{fallback,
                       {scale->reals(), std::vector<int64_t>(static_cast<size_t>(scale->size()), 0), -1, block}};
  if (!importer.has_input(zero_point_input)) return result;
  const Tensor* zero_point = importer.required_constant(zero_point_input, "the zero point");
  if (!zero_point) return std::nullopt;
  if (zero_point->size() != scale->size()) {
    importer.error(Code::T0501, fmt::format("{} scales but {} zero points", scale->size(), zero_point->size()));
    return std::nullopt;
  }
  if (!is_integer(zero_point->element())) {
    importer.error(Code::T0310, fmt::format("zero points of type {}", element_name(zero_point->element())));
    return std::nullopt;
  }
  result.element = zero_point->element();
  result.quant.zero_points = zero_point->integers();
  return result;
}

std::optional<QuantizedType> checked(OnnxImporter& importer, std::optional<QuantizedType> type, const Shape& shape) {
  if (!type) return std::nullopt;
  const Status status = verify_quantization({type->element, shape, type->quant});
  if (status) return type;
  importer.error(Code::T0501, status.message(), "check how the model was quantised");
  return std::nullopt;
}

// One entry per block along an axis of x becomes one per element.
Value* repeated_in_blocks(OnnxImporter& importer, Value* parameter, const Type& x, size_t axis, int64_t block) {
  Shape wanted = x.shape;
  if (block > 0) wanted[axis] = x.shape[axis] / block + (x.shape[axis] % block != 0 ? 1 : 0);
  if (block < 0 || parameter->type.shape != wanted) {
    importer.error(Code::T0501, fmt::format("scales of shape {} where blocks of {} need {}",
                                            shape_text(parameter->type.shape), block, shape_text(wanted)));
    return nullptr;
  }
  Shape split = wanted;
  split.insert(split.begin() + static_cast<std::ptrdiff_t>(axis) + 1, 1);
  Shape repeated = split;
  repeated[axis + 1] = std::min(block, x.shape[axis]);
  Shape joined = wanted;
  joined[axis] = wanted[axis] * repeated[axis + 1];
  Value* each =
      importer.make("expand", {importer.make("reshape", {parameter}, {{"shape", split}})}, {{"shape", repeated}});
  each = importer.make("reshape", {each}, {{"shape", joined}});
  if (joined == x.shape) return each;
  return importer.make("slice", {each}, {{"starts", Shape(x.shape.size(), 0)}, {"sizes", x.shape}});
}

}  // namespace

std::optional<QuantizedType> import_quantization(OnnxImporter& importer, size_t scale_input, size_t zero_point_input,
                                                 const Type& tensor, int64_t axis) {
  // QuantizeLinear's operand is float: the element comes from the zero point or, from opset 21 on, from output_dtype.
  const bool integers = is_integer(tensor.element);
  const std::optional<Element> fallback =
      integers ? std::optional<Element>(tensor.element) : importer.element("output_dtype", Element::u8);
  if (!fallback) return std::nullopt;
  auto result = read_quantization(importer, scale_input, zero_point_input, *fallback);
  if (!result) return std::nullopt;
  if (integers && result->element != tensor.element) {
    importer.error(Code::T0310, fmt::format("zero point of type {} for a tensor of {}", element_name(result->element),
                                            element_name(tensor.element)));
    return std::nullopt;
  }
  if (result->quant.scales.size() != 1 || result->quant.block != 0) {
    if (axis < 0 || axis >= tensor.rank()) {
      importer.error(Code::T0307, fmt::format("axis {} of a tensor of rank {}", axis, tensor.rank()));
      return std::nullopt;
    }
    result->quant.axis = static_cast<int>(axis);
  }
  if (const int64_t block = result->quant.block; block > 0) {
    Shape wanted = tensor.shape;
    int64_t& size = wanted[static_cast<size_t>(axis)];
    size = (size + block - 1) / block;
    if (const Shape& given = importer.constant(scale_input)->shape(); given != wanted) {
      importer.error(Code::T0501, fmt::format("scales of shape {} where blocks of {} need {}", shape_text(given), block,
                                              shape_text(wanted)));
      return std::nullopt;
    }
  }
  return checked(importer, std::move(result), tensor.shape);
}

std::optional<QuantizedType> import_quantization(OnnxImporter& importer, size_t scale_input, size_t zero_point_input,
                                                 const Type& tensor) {
  int64_t axis = importer.integer("axis", 1);
  if (axis < 0) axis += tensor.rank();
  return import_quantization(importer, scale_input, zero_point_input, tensor, axis);
}

Value* import_quantized(OnnxImporter& importer, Value* value, size_t scale_input, size_t zero_point_input,
                        int64_t axis) {
  if (!value) return nullptr;
  if (!is_integer(value->type.element)) {
    importer.error(Code::T0310, fmt::format("a quantised input of type {}", element_name(value->type.element)));
    return nullptr;
  }
  const auto quantized = import_quantization(importer, scale_input, zero_point_input, value->type, axis);
  if (!quantized) return nullptr;
  return importer.make_quantized("quant_cast", {value}, {}, value->type.element, quantized->quant);
}

std::optional<QuantizedType> import_result_quantization(OnnxImporter& importer, size_t scale_input,
                                                        size_t zero_point_input, Element fallback) {
  auto result = read_quantization(importer, scale_input, zero_point_input, fallback);
  if (result && (result->quant.scales.size() != 1 || result->quant.block != 0)) {
    importer.error(Code::T0501, fmt::format("{} scales for a result that has one", result->quant.scales.size()));
    return std::nullopt;
  }
  return checked(importer, std::move(result), {});
}

void emit_quantized(OnnxImporter& importer, std::string_view op_name, std::vector<Value*> operands,
                    Attributes attributes, const QuantizedType& result) {
  Value* y = importer.make_quantized(op_name, std::move(operands), std::move(attributes), result.element, result.quant);
  if (y) importer.emit("quant_cast", {y});
}

void import_qlinear_binary(OnnxImporter& importer, std::string_view op_name) {
  Value* a = import_quantized(importer, importer.input(0), 1, 2);
  Value* b = import_quantized(importer, importer.input(3), 4, 5);
  if (!a || !b) return;
  if (const auto y = import_result_quantization(importer, 6, 7, a->type.element))
    emit_quantized(importer, op_name, {a, b}, {}, *y);
}

void import_qlinear_unary(OnnxImporter& importer, std::string_view op_name, Attributes attributes) {
  Value* x = import_quantized(importer, importer.input(0), 1, 2);
  if (!x) return;
  if (const auto y = import_result_quantization(importer, 3, 4, x->type.element))
    emit_quantized(importer, op_name, {x}, std::move(attributes), *y);
}

Value* import_centred(OnnxImporter& importer, size_t index, size_t zero_point_input, int64_t axis) {
  Value* x = importer.input(index);
  if (!x) return nullptr;
  Quantization quant{{1.0}, {0}, -1};
  if (importer.has_input(zero_point_input)) {
    const Tensor* zero_point = importer.required_constant(zero_point_input, "the zero point");
    if (!zero_point) return nullptr;
    quant.zero_points = zero_point->integers();
    quant.scales.assign(quant.zero_points.size(), 1.0);
    if (quant.zero_points.size() != 1) quant.axis = static_cast<int>(axis);
  }
  if (const Status status = verify_quantization({x->type.element, x->type.shape, quant}); !status) {
    importer.error(Code::T0501, status.message());
    return nullptr;
  }
  return importer.make_quantized("quant_cast", {x}, {}, x->type.element, quant);
}

Value* broadcast_parameter(OnnxImporter& importer, size_t index, const Type& x) {
  Value* parameter = importer.input(index);
  if (!parameter) return nullptr;
  const Shape& shape = parameter->type.shape;
  if (parameter->type.elements() == 1) return importer.make("reshape", {parameter}, {{"shape", Shape{}}});
  const auto axis = importer.axis(importer.integer("axis", 1), x.rank());
  if (!axis) return nullptr;
  if (const int64_t block = importer.integer("block_size", 0); block != 0)
    return repeated_in_blocks(importer, parameter, x, static_cast<size_t>(*axis), block);
  if (shape.size() != 1) {
    importer.error(Code::T0501, fmt::format("scales of shape {} without block_size", shape_text(shape)));
    return nullptr;
  }
  Shape wanted(x.shape.size(), 1);
  wanted[static_cast<size_t>(*axis)] = shape[0];
  return importer.make("reshape", {parameter}, {{"shape", wanted}});
}

Quantization transposed_quantization(const Type& from, const std::vector<int64_t>& perm) {
  Quantization quant = *from.quant;
  if (quant.per_tensor()) return quant;
  quant.axis = static_cast<int>(std::find(perm.begin(), perm.end(), from.quant->axis) - perm.begin());
  if (quant.block == 0) return quant;
  Shape scales = from.shape;
  int64_t& size = scales[static_cast<size_t>(from.quant->axis)];
  size = (size + quant.block - 1) / quant.block;
  const Shape strides = strides_of(scales);
  Shape to;
  for (const int64_t axis : perm) to.push_back(scales[static_cast<size_t>(axis)]);
  size_t next = 0;
  for_each_index(to, [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t d = 0; d < perm.size(); ++d) offset += index[d] * strides[static_cast<size_t>(perm[d])];
    quant.scales[next] = from.quant->scales[static_cast<size_t>(offset)];
    quant.zero_points[next++] = from.quant->zero_points[static_cast<size_t>(offset)];
  });
  return quant;
}

std::vector<int64_t> channel_of_elements(const Type& type) {
  std::vector<int64_t> channel(static_cast<size_t>(type.elements()), 0);
  if (!type.quant || type.quant->per_tensor()) return channel;
  const auto axis = static_cast<size_t>(type.quant->axis);
  const int64_t inner = strides_of(type.shape)[axis];
  const int64_t size = type.shape[axis];
  const int64_t block = type.quant->block;
  for (size_t i = 0; i < channel.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    const int64_t position = at / inner % size;
    channel[i] = block == 0
                     ? position
                     : (at / (inner * size) * ((size + block - 1) / block) + position / block) * inner + at % inner;
  }
  return channel;
}

}  // namespace tinyc::ir
