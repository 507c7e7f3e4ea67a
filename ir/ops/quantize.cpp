// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"
#include "ir/tflite.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  op.results[0]->type.shape = op.operand_type(0).shape;
  return {};
}

Status verify(const Op& op) {
  if (!op.result_type().quantized()) return Failure{"the result must be quantised"};
  if (!is_float(op.operand_type(0).element) && !op.operand_type(0).quantized())
    return Failure{"the operand must be float or quantised"};
  return verify_rounding(op);
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  const Rounding rounding = rounding_of(op);
  const std::vector<int64_t> channel = channel_of_elements(out);
  const std::vector<int64_t> in_channel = channel_of_elements(in);
  for (int64_t i = 0; i < results[0].size(); ++i) {
    const int64_t c = channel[static_cast<size_t>(i)];
    const double scale = out.quant->scale(c);
    const int64_t zero_point = out.quant->zero_point(c);
    if (!in.quantized()) {
      const double x = operands[0]->real(i);
      results[0].set_integer(i, rounding == Rounding::nearest ? quantize(x, scale, zero_point, out.element)
                                                              : tflite::quantize(x, scale, zero_point, out.element));
      continue;
    }
    const int64_t ci = in_channel[static_cast<size_t>(i)];
    const int64_t centred = operands[0]->integer(i) - in.quant->zero_point(ci);
    const int64_t steps = rounding == Rounding::nearest
                              ? requantize(centred, to_fixed_point(in.quant->scale(ci) / scale))
                              : tflite::requantize(static_cast<int32_t>(centred),
                                                   tflite::to_fixed_point(in.quant->scale(ci) / scale), rounding);
    results[0].set_integer(i, saturate(zero_point + steps, out.element));
  }
}

// The scale comes from an input or from another node: plain arithmetic.
void import_computed(OnnxImporter& importer, Value* x) {
  Value* scale = broadcast_parameter(importer, 1, x->type);
  if (!scale) return;
  const auto fallback = importer.element("output_dtype", Element::u8);
  if (!fallback) return;
  const Element element = importer.has_input(2) ? importer.input_type(2).element : *fallback;
  if (!is_integer(element)) return importer.error(Code::T0310, "zero point of type float or bool");
  const Element real = scale->type.element;
  if (x->type.element != real) x = importer.make("cast", {x}, {{"to", real}});
  Value* y = importer.make("round", {importer.make("div", {x, scale})});
  if (importer.has_input(2)) {
    Value* zero_point = broadcast_parameter(importer, 2, x->type);
    y = importer.make("add", {y, import_cast_to(importer, zero_point, real)});
  }
  y = importer.make("clip", {y},
                    {{"min", static_cast<double>(lowest(element))}, {"max", static_cast<double>(highest(element))}});
  importer.set_output(0, import_cast_to(importer, y, element));
}

// Floats of 4 and 8 bits: a division and a cast; their zero point is 0.
void import_minifloat(OnnxImporter& importer, Value* x, Element element) {
  Value* scale = broadcast_parameter(importer, 1, x->type);
  if (!scale) return;
  if (x->type.element != scale->type.element) x = importer.make("cast", {x}, {{"to", scale->type.element}});
  importer.set_output(0, import_cast_to(importer, importer.make("div", {x, scale}), element,
                                        {{"saturate", importer.integer("saturate", 1) != 0}}));
}

void import_quantize(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x || !importer.input(1)) return;
  const auto wanted_element = importer.has_input(2) ? std::optional(importer.input_type(2).element)
                                                    : importer.element("output_dtype", Element::u8);
  if (!wanted_element) return;
  if (is_minifloat(*wanted_element)) return import_minifloat(importer, x, *wanted_element);
  const bool zero_point_known = !importer.has_input(2) || importer.constant(2);
  if (!importer.constant(1) || !zero_point_known) return import_computed(importer, x);
  if (x->type.element == Element::i32) x = importer.make("cast", {x}, {{"to", Element::f32}});
  if (!x) return;
  const std::optional<QuantizedType> wanted = import_quantization(importer, 1, 2, x->type);
  if (wanted) emit_quantized(importer, "quantize", {x}, {}, *wanted);
}

}  // namespace

extern const OpDef quantize_op = {
    .name = "quantize",
    .summary = "Real numbers, or integers of another quantisation, to the result's quantisation.",
    .doc =
        "float: saturate(round half to even(x / scale) + zero_point), as ONNX QuantizeLinear. Quantised operand: one "
        "rounding of "
        "(x - zero_x) * scale_x / scale_y in 31-bit fixed point.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {rounding_attribute()},
    .traits = {.elementwise = true, .quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "QuantizeLinear", 10, kNewest, import_quantize},
             {"com.microsoft", "QuantizeLinear", 1, kNewest, import_quantize}},
};

}  // namespace tinyc::ir
