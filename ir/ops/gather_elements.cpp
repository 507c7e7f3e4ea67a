// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>

#include "ir/ops/common.h"
#include "ir/ops/indexing.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const Type& indices = op.operand_type(1);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank() || indices.rank() != x.rank())
    return Failure{"axis is out of range, or indices have another rank than x"};
  if (const Status status = check_indices(indices, x.shape[static_cast<size_t>(axis)]); !status) return status;
  for (size_t d = 0; d < x.shape.size(); ++d) {
    if (static_cast<int64_t>(d) != axis && indices.shape[d] > x.shape[d])
      return Failure{fmt::format("indices {} reach outside {}", shape_text(indices.shape), shape_text(x.shape))};
  }
  copy_element_type(op, 0, op.results[0]->type);
  op.results[0]->type.shape = indices.shape;
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const Shape strides = strides_of(x.shape());
  const auto bytes = static_cast<size_t>(element_bytes(x.element()));
  std::byte* to = results[0].mutable_data();
  for_each_index(results[0].shape(), [&, i = int64_t{0}](const Shape& at) mutable {
    int64_t offset = 0;
    const int64_t picked = resolved_index(operands[1]->integer(i++), x.shape()[axis]);
    for (size_t d = 0; d < at.size(); ++d) offset += (d == axis ? picked : at[d]) * strides[d];
    std::memcpy(to, x.data() + static_cast<size_t>(offset) * bytes, bytes);
    to += bytes;
  });
}

void import_gather_elements(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* indices = importer.input(1);
  if (!x || !indices) return;
  const auto axis = importer.axis(importer.integer("axis", 0), x->type.rank());
  if (!axis || !constant_indices_fit(importer, 1, x->type.shape[static_cast<size_t>(*axis)])) return;
  importer.emit("gather_elements", {x, indices}, {{"axis", int64_t{*axis}}});
}

}  // namespace

extern const OpDef gather_elements_op = {
    .name = "gather_elements",
    .summary = "Picks one element per index, which replaces the position along an axis.",
    .doc = "The result has the shape of the indices. Indices as in gather.",
    .operands = {{"x"}, {"indices"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, Attribute{int64_t{0}}, "not negative"}},
    .traits = {.moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "GatherElements", 11, kNewest, import_gather_elements}},
};

}  // namespace tinyc::ir
