// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const std::vector<int64_t>& wanted = op.integers("shape");
  if (!checked_element_count(wanted)) return Failure{"shape " + shape_text(wanted) + " is negative or too large"};
  Result<Shape> shape = broadcast(op.operand_type(0).shape, wanted);
  if (!shape) return shape.failure();
  if (*shape != wanted)
    return Failure{shape_text(op.operand_type(0).shape) + " does not broadcast to " + shape_text(wanted)};
  copy_element_type(op, 0, op.results[0]->type);
  op.results[0]->type.shape = shape.take();
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const auto bytes = static_cast<size_t>(element_bytes(operands[0]->element()));
  const std::byte* from = operands[0]->data();
  std::byte* to = results[0].mutable_data();
  for (const int64_t offset : broadcast_offsets(operands[0]->shape(), results[0].shape())) {
    std::memcpy(to, from + static_cast<size_t>(offset) * bytes, bytes);
    to += bytes;
  }
}

// ONNX broadcasts both ways: dimensions of 1 in the wanted shape keep the operand's.
void import_expand(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto wanted = importer.required_integers(1, "the shape");
  if (!x || !wanted) return;
  Result<Shape> shape = broadcast(x->type.shape, *wanted);
  if (!shape) return importer.error(Code::T0305, shape.message());
  importer.emit("expand", {x}, {{"shape", shape.take()}});
}

void import_constant_of_shape(OnnxImporter& importer) {
  const auto shape = importer.required_integers(0, "the shape");
  if (!shape) return;
  const OnnxAttribute* value = importer.attribute("value");
  if (value && (!value->tensor || value->tensor->size() != 1))
    return importer.error(Code::T0307, "value must be a tensor of one element");
  const Tensor filler = value ? value->tensor->reshaped({}) : Tensor::of_reals(Element::f32, {}, {0});
  importer.emit("expand", {importer.builder().constant(filler)}, {{"shape", *shape}});
}

}  // namespace

extern const OpDef expand_op = {
    .name = "expand",
    .summary = "Repeats along axes of size 1, and new leading axes.",
    .doc = "Numpy's broadcast_to.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"shape", AttributeKind::integers, std::nullopt, "the whole shape of the result"}},
    .traits = {.moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "ConstantOfShape", 9, kNewest, import_constant_of_shape}, {"", "Expand", 8, kNewest, import_expand}},
};

}  // namespace tinyc::ir
