// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/quantization.h"

#include <fmt/format.h>

#include "ir/ops/common.h"
#include "ir/verify.h"

namespace tinyc::ir {

std::optional<QuantizedType> import_quantization(OnnxImporter& importer, size_t scale_input, size_t zero_point_input,
                                                 const Type& tensor, int64_t axis) {
  const Tensor* scale = importer.required_constant(scale_input, "the scale");
  if (!scale) return std::nullopt;
  const Tensor* zero_point = nullptr;
  if (importer.has_input(zero_point_input)) {
    zero_point = importer.required_constant(zero_point_input, "the zero point");
    if (!zero_point) return std::nullopt;
  }
  QuantizedType result;
  // QuantizeLinear's operand is float: the element comes from the zero point (default u8) or, from opset 21 on,
  // output_dtype.
  result.element = is_integer(tensor.element) ? tensor.element : zero_point ? zero_point->element() : Element::u8;
  result.quant.scales = scale->reals();
  result.quant.zero_points =
      zero_point ? zero_point->integers() : std::vector<int64_t>(static_cast<size_t>(scale->size()), 0);
  if (scale->size() != 1) result.quant.axis = static_cast<int>(axis);
  if (scale->shape().size() > 1 && scale->size() != 1) {
    importer.unsupported("blocked quantisation (a scale per block) is not supported");
    return std::nullopt;
  }
  const Status status = verify_quantization({result.element, tensor.shape, result.quant});
  if (!status) {
    importer.error(Code::T0501, status.message(), "check how the model was quantised");
    return std::nullopt;
  }
  return result;
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
  const auto quantized = import_quantization(importer, scale_input, zero_point_input, value->type, axis);
  if (!quantized) return nullptr;
  return importer.builder().make_quantized("quant_cast", {value}, {}, value->type.element, quantized->quant);
}

std::vector<int64_t> channel_of_elements(const Type& type) {
  std::vector<int64_t> channel(static_cast<size_t>(type.elements()), 0);
  if (!type.quant || type.quant->per_tensor()) return channel;
  const auto axis = static_cast<size_t>(type.quant->axis);
  const int64_t inner = strides_of(type.shape)[axis];
  for (size_t i = 0; i < channel.size(); ++i) channel[i] = static_cast<int64_t>(i) / inner % type.shape[axis];
  return channel;
}

}  // namespace tinyc::ir
