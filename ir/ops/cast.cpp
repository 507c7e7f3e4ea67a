// SPDX-License-Identifier: Apache-2.0
#include "ir/minifloat.h"
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
  const std::string& rounding = op.text("power_rounding");
  if (rounding != "up" && rounding != "down" && rounding != "nearest")
    return Failure{"power_rounding is up, down or nearest"};
  return {};
}

PowerRounding power_rounding(const Op& op) {
  const std::string& rounding = op.text("power_rounding");
  return rounding == "up" ? PowerRounding::up : rounding == "down" ? PowerRounding::down : PowerRounding::nearest;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  Tensor& y = results[0];
  const bool from_real = is_float(x.element()) || is_minifloat(x.element());
  for (int64_t i = 0; i < y.size(); ++i) {
    if (is_minifloat(y.element())) {
      y.mutable_view<uint8_t>()[static_cast<size_t>(i)] =
          to_minifloat(y.element(), x.real(i), op.flag("saturate"), power_rounding(op));
    } else if (is_float(y.element())) {
      y.set_real(i, x.real(i));
    } else if (y.element() == Element::b1) {
      y.set_integer(i, (from_real ? x.real(i) != 0 : x.integer(i) != 0) ? 1 : 0);
    } else if (from_real) {
      const Element through = element_bits(y.element()) < 8 ? Element::i8 : y.element();
      y.set_integer(i, wrap(saturate(x.integer(i), through), y.element()));
    } else {
      y.set_integer(i, wrap(x.integer(i), y.element()));
    }
  }
}

}  // namespace

Value* import_cast_to(OnnxImporter& importer, Value* x, Element to, Attributes attributes) {
  const auto step = [&](Element element, Attributes further) {
    if (!x || x->type.element == element) return;
    further["to"] = element;
    x = importer.make("cast", {x}, std::move(further));
  };
  const auto through = [&](Element small) {
    if (is_minifloat(small)) step(Element::f32, {});
    if (is_integer(small) && element_bits(small) < 8) step(is_signed(small) ? Element::i8 : Element::u8, {});
  };
  if (!x || x->type.element == to) return x;
  through(x->type.element);
  if (is_integer(to) && element_bits(to) < 8) step(Element::i8, {});
  if (is_minifloat(to)) step(Element::f32, {});
  step(to, std::move(attributes));
  return x;
}

namespace {

void emit_cast(OnnxImporter& importer, Value* x, Element to) {
  Attributes attributes;
  if (is_minifloat(to)) {
    attributes["saturate"] = importer.integer("saturate", 1) != 0;
    attributes["power_rounding"] = importer.text("round_mode", "up");
  }
  importer.set_output(0, import_cast_to(importer, x, to, std::move(attributes)));
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
        "NaN becomes 0, integers of 2 and 4 bits are the low bits of the i8 (ONNX leaves this open). Integer to "
        "narrower "
        "integer: the low bits. To b1: x != 0. To floats of 4 and 8 bits: half to even, too large as `saturate` says; "
        "to f8e8m0 the next power of two as `power_rounding` says, whatever the sign.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"to", AttributeKind::element, std::nullopt, "element of the result"},
                   {"saturate", AttributeKind::flag, Attribute{true},
                    "floats of 4 and 8 bits: too large becomes the largest number, else NaN or infinity"},
                   {"power_rounding", AttributeKind::text, Attribute{std::string("up")},
                    "f8e8m0: up, down or nearest"}},
    .traits = {.elementwise = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "Cast", 6, kNewest, import_cast}, {"", "CastLike", 15, kNewest, import_cast_like}},
};

}  // namespace tinyc::ir
