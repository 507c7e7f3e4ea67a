// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  op.results[0]->type = op.operand_type(0);
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  results[0] = *operands[0];
}

}  // namespace

extern const OpDef copy_op = {
    .name = "copy",
    .summary = "The same bytes in a buffer of their own.",
    .doc = "Made where a graph output would otherwise share memory with an input, a constant or another output.",
    .operands = {{"x"}},
    .results = {"y"},
    .traits = {.elementwise = true, .moves_only = true},
    .infer = infer,
    .reference = reference,
};

}  // namespace tinyc::ir
