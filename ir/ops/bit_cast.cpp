// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const Element to = op.element("to");
  if (element_bytes(to) != element_bytes(x.element) || element_bits(to) != element_bits(x.element))
    return Failure{"the elements must have the same size"};
  op.results[0]->type = {to, x.shape, std::nullopt};
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (operands[0]->bytes() != 0)
    std::memcpy(results[0].mutable_data(), operands[0]->data(), static_cast<size_t>(operands[0]->bytes()));
}

void import_bit_cast(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto to = x ? importer.element("to", x->type.element) : std::nullopt;
  if (!to) return;
  const auto computed_otherwise = [](Element element) { return is_float(element) && element != Element::f32; };
  if (!importer.constant(0) && (computed_otherwise(*to) || computed_otherwise(x->type.element)))
    return importer.unsupported("BitCast of f64, f16 or bf16, which are computed as f32");
  importer.emit("bit_cast", {x}, {{"to", *to}});
}

}  // namespace

extern const OpDef bit_cast_op = {
    .name = "bit_cast",
    .summary = "The same bits as another element of the same size.",
    .doc = "Costs nothing.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"to", AttributeKind::element, std::nullopt, "element of the result"}},
    .traits = {.view = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "BitCast", 26, kNewest, import_bit_cast}},
};

}  // namespace tinyc::ir
