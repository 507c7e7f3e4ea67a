// SPDX-License-Identifier: Apache-2.0
// Reading quantisation parameters from ONNX nodes.
#pragma once

#include <optional>
#include <vector>

#include "ir/onnx_import.h"

namespace tinyc::ir {

struct QuantizedType {
  Element element;
  Quantization quant;
};

// Scale and zero point of a tensor of type `tensor` from two constant inputs of the node; the axis is the node's `axis`
// (default 1) if the scale is not a scalar. Reports what is wrong: not constant, zero, negative, NaN, out of range,
// wrong count.
std::optional<QuantizedType> import_quantization(OnnxImporter& importer, size_t scale_input, size_t zero_point_input,
                                                 const Type& tensor);
// As above with a given axis, for operators whose axis is fixed (QLinearConv's weights: 0).
std::optional<QuantizedType> import_quantization(OnnxImporter& importer, size_t scale_input, size_t zero_point_input,
                                                 const Type& tensor, int64_t axis);
// `value` seen with the quantisation that inputs `scale_input` and `zero_point_input` give it.
Value* import_quantized(OnnxImporter& importer, Value* value, size_t scale_input, size_t zero_point_input,
                        int64_t axis = 0);

// Index into the scales for every element (all 0 when per tensor or not quantised).
std::vector<int64_t> channel_of_elements(const Type& type);

}  // namespace tinyc::ir
