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

// Quantisation of a result, per tensor. The element is the zero point's; without one, `fallback`.
std::optional<QuantizedType> import_result_quantization(OnnxImporter& importer, size_t scale_input,
                                                        size_t zero_point_input, Element fallback);
// `op_name` in integer arithmetic on quantised operands becomes output 0, which is plain integers again.
void emit_quantized(OnnxImporter& importer, std::string_view op_name, std::vector<Value*> operands,
                    Attributes attributes, const QuantizedType& result);
// com.microsoft's QLinear binaries: a, its scale and zero point, b, its scale and zero point, scale and zero point of
// y.
void import_qlinear_binary(OnnxImporter& importer, std::string_view op_name);
// com.microsoft's QLinear unaries: x, its scale and zero point, scale and zero point of y.
void import_qlinear_unary(OnnxImporter& importer, std::string_view op_name, Attributes attributes);

// An integer input seen with scale 1 and the known zero point (0 if absent) of another input, per tensor or along
// `axis`: the operands of MatMulInteger and ConvInteger. nullptr after an error.
Value* import_centred(OnnxImporter& importer, size_t index, size_t zero_point_input, int64_t axis);
// A scale or zero point that the model computes, shaped to broadcast against x (along the node's `axis` if it is a
// vector, repeated within blocks); nullptr after an error.
Value* broadcast_parameter(OnnxImporter& importer, size_t index, const Type& x);

// The quantisation of a transposed tensor; `from` is the type before.
Quantization transposed_quantization(const Type& from, const std::vector<int64_t>& perm);

// Index into the scales for every element (all 0 when per tensor or not quantised).
std::vector<int64_t> channel_of_elements(const Type& type);

}  // namespace tinyc::ir
