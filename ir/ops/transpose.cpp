// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

bool is_permutation(std::vector<int64_t> perm, int rank) {
  std::sort(perm.begin(), perm.end());
  for (size_t i = 0; i < perm.size(); ++i) {
    if (perm[i] != static_cast<int64_t>(i)) return false;
  }
  return static_cast<int>(perm.size()) == rank;
}

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const std::vector<int64_t>& perm = op.integers("perm");
  if (!is_permutation(perm, x.rank()))
    return Failure{fmt::format("perm {} does not permute the axes of {}", shape_text(perm), shape_text(x.shape))};
  Type& y = op.results[0]->type;
  y.element = x.element;
  y.shape.clear();
  for (const int64_t axis : perm) y.shape.push_back(x.shape[static_cast<size_t>(axis)]);
  if (x.quant) y.quant = transposed_quantization(x, perm);
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const std::vector<int64_t>& perm = op.integers("perm");
  const Shape strides = strides_of(operands[0]->shape());
  const auto bytes = static_cast<size_t>(element_bytes(operands[0]->element()));
  const std::byte* from = operands[0]->data();
  std::byte* to = results[0].mutable_data();
  for_each_index(results[0].shape(), [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t i = 0; i < perm.size(); ++i) offset += index[i] * strides[static_cast<size_t>(perm[i])];
    std::memcpy(to, from + static_cast<size_t>(offset) * bytes, bytes);
    to += bytes;
  });
}

void import_transpose(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  std::vector<int64_t> perm(static_cast<size_t>(x->type.rank()));
  std::iota(perm.rbegin(), perm.rend(), 0);
  importer.emit("transpose", {x}, {{"perm", importer.integers("perm", perm)}});
}

}  // namespace

extern const OpDef transpose_op = {
    .name = "transpose",
    .summary = "Permutes the axes.",
    .doc = "Axis i of the result is axis perm[i] of the operand.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"perm", AttributeKind::integers, std::nullopt, "a permutation of the axes"}},
    .traits = {.moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Transpose", 1, kNewest, import_transpose}},
};

}  // namespace tinyc::ir
