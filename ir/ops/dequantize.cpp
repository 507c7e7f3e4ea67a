// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  Type& y = op.results[0]->type;
  y.shape = op.operand_type(0).shape;
  y.element = Element::f32;
  return {};
}

Status verify(const Op& op) {
  if (!op.operand_type(0).quantized()) return Failure{"the operand must be quantised"};
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  const std::vector<int64_t> channel = channel_of_elements(in);
  for (int64_t i = 0; i < results[0].size(); ++i) {
    const int64_t c = channel[static_cast<size_t>(i)];
    // One float32 product, as ONNX DequantizeLinear computes it.
    const auto centred = static_cast<float>(operands[0]->integer(i) - in.quant->zero_point(c));
    results[0].set_real(i, static_cast<double>(centred * static_cast<float>(in.quant->scale(c))));
  }
}

// The scale comes from an input or from another node: plain arithmetic.
void import_computed(OnnxImporter& importer, Value* x) {
  Value* scale = broadcast_parameter(importer, 1, x->type);
  if (!scale) return;
  const Element real = scale->type.element;
  Value* y = import_cast_to(importer, x, real);
  if (importer.has_input(2) && !is_minifloat(x->type.element)) {  // theirs is 0
    Value* zero_point = broadcast_parameter(importer, 2, x->type);
    y = importer.make("sub", {y, import_cast_to(importer, zero_point, real)});
  }
  y = importer.make("mul", {y, scale});
  const auto wanted = importer.element("output_dtype", real);
  if (y && wanted && *wanted != real) y = importer.make("cast", {y}, {{"to", *wanted}});
  importer.set_output(0, y);
}

void import_dequantize(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x || !importer.input(1)) return;
  const bool zero_point_known = !importer.has_input(2) || importer.constant(2);
  if (!importer.constant(1) || !zero_point_known || is_minifloat(x->type.element)) return import_computed(importer, x);
  Value* q = nullptr;
  const std::optional<QuantizedType> given = import_quantization(importer, 1, 2, x->type);
  if (given) q = importer.make_quantized("quant_cast", {x}, {}, x->type.element, given->quant);
  if (!q) return;
  // The result has the scale's type, or output_dtype (opset 23).
  const auto wanted = importer.element("output_dtype", importer.input_type(1).element);
  Value* y = importer.make("dequantize", {q});
  if (y && wanted && *wanted != Element::f32) y = importer.make("cast", {y}, {{"to", *wanted}});
  importer.set_output(0, y);
}

}  // namespace

extern const OpDef dequantize_op = {
    .name = "dequantize",
    .summary = "Quantised integers to the f32 numbers they stand for.",
    .doc = "(x - zero_point) * scale, one float32 multiplication.",
    .operands = {{"x"}},
    .results = {"y"},
    .traits = {.elementwise = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "DequantizeLinear", 10, kNewest, import_dequantize},
             {"com.microsoft", "DequantizeLinear", 1, kNewest, import_dequantize}},
};

}  // namespace tinyc::ir
