// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  op.results[0]->type.shape = op.operand_type(0).shape;
  op.results[0]->type.element = op.element("to");
  return {};
}

Status verify(const Op& op) {
  if (op.operand_type(0).quantized() || op.result_type().quantized())
    return Failure{"casts are between plain elements; quantize and dequantize change quantised ones"};
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  Tensor& y = results[0];
  const bool from_real = is_float(x.element());
  for (int64_t i = 0; i < y.size(); ++i) {
    if (is_float(y.element())) {
      y.set_real(i, x.real(i));
    } else if (y.element() == Element::b1) {
      y.set_integer(i, (from_real ? x.real(i) != 0 : x.integer(i) != 0) ? 1 : 0);
    } else if (from_real) {
      const Element through = element_bits(y.element()) == 4 ? Element::i8 : y.element();
      y.set_integer(i, wrap(saturate(x.integer(i), through), y.element()));
    } else {
      y.set_integer(i, wrap(x.integer(i), y.element()));
    }
  }
}

void emit_cast(OnnxImporter& importer, Value* x, Element to) {
  if (x->type.element == to) return importer.set_output(0, x);
  importer.emit("cast", {x}, {{"to", to}});
}

void import_cast(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  if (const auto to = importer.element("to", x->type.element)) emit_cast(importer, x, *to);
}

void import_cast_like(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* like = importer.input(1);
  if (x && like) emit_cast(importer, x, like->type.element);
}

}  // namespace

extern const OpDef cast_op = {
    .name = "cast",
    .summary = "The same numbers in another element.",
    .doc =
        "Between floats: round half to even, too large becomes infinity. Float to integer: towards zero, saturating, "
        "NaN becomes 0, 4-bit integers are the low bits of the i8 (ONNX leaves this open). Integer to narrower "
        "integer: the low bits. To b1: x != 0.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"to", AttributeKind::element, std::nullopt, "element of the result"}},
    .traits = {.elementwise = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "Cast", 6, kNewest, import_cast}, {"", "CastLike", 15, kNewest, import_cast_like}},
};

}  // namespace tinyc::ir
