// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Tensor& value = op.tensor("value");
  Type& type = op.results[0]->type;
  type.element = value.element();
  type.shape = value.shape();
  return {};
}

void reference(const Op& op, std::span<const Tensor* const>, std::span<Tensor> results) {
  results[0] = op.tensor("value");
}

// The Constant node: one of several attributes carries the data.
void import_constant(OnnxImporter& importer) {
  if (const OnnxAttribute* value = importer.attribute("value"); value && value->tensor) {
    return importer.emit("constant", {}, {{"value", *value->tensor}});
  }
  const auto of = [&](Tensor tensor) { importer.emit("constant", {}, {{"value", std::move(tensor)}}); };
  const auto length = [](const auto& values) { return Shape{static_cast<int64_t>(values.size())}; };
  if (importer.has_attribute("value_float"))
    return of(Tensor::of_reals(Element::f32, {}, {importer.real("value_float", 0)}));
  if (importer.has_attribute("value_int"))
    return of(Tensor::of_integers(Element::i64, {}, {importer.integer("value_int", 0)}));
  if (importer.has_attribute("value_floats")) {
    const std::vector<double> values = importer.reals("value_floats");
    return of(Tensor::of_reals(Element::f32, length(values), values));
  }
  if (importer.has_attribute("value_ints")) {
    const std::vector<int64_t> values = importer.integers("value_ints");
    return of(Tensor::of_integers(Element::i64, length(values), values));
  }
  importer.unsupported("Constant without a numeric value (strings and sparse tensors are not supported)");
}

}  // namespace

extern const OpDef constant_op = {
    .name = "constant",
    .summary = "Data known at compile time; stays in flash.",
    .doc = "The result has the element and shape of `value`; the stated type may add a quantisation.",
    .results = {"y"},
    .attributes = {{"value", AttributeKind::tensor, std::nullopt, "the data"}},
    .traits = {.quantized_form = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Constant", 1, kNewest, import_constant}},
};

}  // namespace tinyc::ir
