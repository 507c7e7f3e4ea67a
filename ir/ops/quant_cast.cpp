// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  Type& y = op.results[0]->type;
  y.shape = op.operand_type(0).shape;
  y.element = op.operand_type(0).element;
  return {};
}

Status verify(const Op& op) {
  if (op.result_type().element != op.operand_type(0).element) return Failure{"the element must stay the same"};
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  results[0] = *operands[0];
}

}  // namespace

extern const OpDef quant_cast_op = {
    .name = "quant_cast",
    .summary = "The same integers under another quantisation, or under none.",
    .doc =
        "ONNX keeps scales beside the tensors, tinyc in the type: this operator is where they meet. It costs nothing.",
    .operands = {{"x"}},
    .results = {"y"},
    .traits = {.elementwise = true, .view = true, .quantized_form = true, .moves_only = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
};

}  // namespace tinyc::ir
