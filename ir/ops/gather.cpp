// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ir/ops/common.h"
#include "ir/ops/indexing.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const Type& indices = op.operand_type(1);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  if (const Status status = check_indices(indices, x.shape[static_cast<size_t>(axis)]); !status) return status;
  Type& y = op.results[0]->type;
  copy_element_type(op, 0, y);
  y.shape.assign(x.shape.begin(), x.shape.begin() + axis);
  y.shape.insert(y.shape.end(), indices.shape.begin(), indices.shape.end());
  y.shape.insert(y.shape.end(), x.shape.begin() + axis + 1, x.shape.end());
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const Tensor& indices = *operands[1];
  if (results[0].size() == 0) return;
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape()[axis];
  const auto chunk = static_cast<size_t>(strides_of(x.shape())[axis] * element_bytes(x.element()));
  const int64_t outer = element_count(Shape(x.shape().begin(), x.shape().begin() + op.integer("axis")));
  std::byte* to = results[0].mutable_data();
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < indices.size(); ++i) {
      const int64_t at = o * count + resolved_index(indices.integer(i), count);
      std::memcpy(to, x.data() + static_cast<size_t>(at) * chunk, chunk);
      to += chunk;
    }
  }
}

void import_gather(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* indices = importer.input(1);
  if (!x || !indices) return;
  const auto axis = importer.axis(importer.integer("axis", 0), x->type.rank());
  if (!axis || !constant_indices_fit(importer, 1, x->type.shape[static_cast<size_t>(*axis)])) return;
  importer.emit("gather", {x, indices}, {{"axis", int64_t{*axis}}});
}

}  // namespace

extern const OpDef gather_op = {
    .name = "gather",
    .summary = "Picks slices along an axis by index.",
    .doc = "Negative indices count from the end; an index outside is moved to the nearest end (ONNX leaves it open).",
    .operands = {{"x"}, {"indices"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, Attribute{int64_t{0}}, "not negative"}},
    .traits = {.moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Gather", 1, kNewest, import_gather}},
};

}  // namespace tinyc::ir
