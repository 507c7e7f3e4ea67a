// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& condition = op.operand_type(0);
  if (condition.element != Element::b1) return Failure{"the condition must be b1"};
  if (op.operand_type(1).element != op.operand_type(2).element) return Failure{"both choices must be of one element"};
  if (op.operand_type(1).quant != op.operand_type(2).quant) return Failure{"both choices must have one quantisation"};
  Result<Shape> shape = broadcast(op.operand_type(1).shape, op.operand_type(2).shape);
  if (shape) shape = broadcast(condition.shape, *shape);
  if (!shape) return shape.failure();
  copy_element_type(op, 1, op.results[0]->type);
  op.results[0]->type.shape = shape.take();
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Shape& shape = results[0].shape();
  const std::vector<int64_t> from_condition = broadcast_offsets(operands[0]->shape(), shape);
  const std::vector<int64_t> from_yes = broadcast_offsets(operands[1]->shape(), shape);
  const std::vector<int64_t> from_no = broadcast_offsets(operands[2]->shape(), shape);
  const auto bytes = static_cast<size_t>(element_bytes(results[0].element()));
  std::byte* to = results[0].mutable_data();
  for (size_t i = 0; i < from_condition.size(); ++i) {
    const bool yes = operands[0]->integer(from_condition[i]) != 0;
    const auto offset = static_cast<size_t>(yes ? from_yes[i] : from_no[i]);
    std::memcpy(to + i * bytes, operands[yes ? 1 : 2]->data() + offset * bytes, bytes);
  }
}

void import_where(OnnxImporter& importer) {
  Value* condition = importer.input(0);
  Value* yes = importer.input(1);
  Value* no = importer.input(2);
  if (condition && yes && no) importer.emit("select", {condition, yes, no});
}

}  // namespace

extern const OpDef select_op = {
    .name = "select",
    .summary = "yes where the condition holds, else no",
    .doc = "Numpy broadcasting of all three. Quantised choices must share their quantisation.",
    .operands = {{"condition"}, {"yes"}, {"no"}},
    .results = {"y"},
    .traits = {.elementwise = true, .moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Where", 9, kNewest, import_where}},
};

}  // namespace tinyc::ir
