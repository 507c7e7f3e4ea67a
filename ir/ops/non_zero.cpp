// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  if (x.rank() == 0) return Failure{"needs an input of rank 1 or more"};
  op.results[0]->type = {Element::i64, {x.rank(), x.elements()}, std::nullopt};
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const Shape strides = strides_of(x.shape());
  for (int64_t i = 0; i < results[0].size(); ++i) results[0].set_integer(i, -1);
  int64_t found = 0;
  for (int64_t i = 0; i < x.size(); ++i) {
    if (x.real(i) == 0) continue;
    for (size_t d = 0; d < strides.size(); ++d)
      results[0].set_integer(static_cast<int64_t>(d) * x.size() + found, i / strides[d] % x.shape()[d]);
    ++found;
  }
}

}  // namespace

extern const OpDef non_zero_op = {
    .name = "non_zero",
    .summary = "The places of all elements that are not 0, in their order.",
    .doc =
        "Column k of the result [rank, elements] is the index of the k-th such element; the columns after the last one "
        "hold -1, for shapes are fixed.",
    .operands = {{"x"}},
    .results = {"places"},
    .infer = infer,
    .reference = reference,
};

}  // namespace tinyc::ir
