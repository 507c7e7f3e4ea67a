// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  op.results[0]->type.shape = x.shape;
  op.results[0]->type.element = x.element;
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  if (x.size() == 0) return;
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape()[axis];
  const int64_t stride = strides_of(x.shape())[axis];
  for (int64_t line = 0; line < x.size() / count; ++line) {
    const int64_t base = line / stride * stride * count + line % stride;
    double largest = x.real(base);
    for (int64_t i = 1; i < count; ++i) largest = std::max(largest, x.real(base + i * stride));
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) sum += std::exp(x.real(base + i * stride) - largest);
    for (int64_t i = 0; i < count; ++i)
      results[0].set_real(base + i * stride, x.real(base + i * stride) - largest - std::log(sum));
  }
}

// Before opset 13 it ran over all axes from `axis` (default 1) on, as softmax did.
void import_log_softmax(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const bool flattens = importer.opset() < 13;
  const auto axis = importer.axis(importer.integer("axis", flattens ? 1 : -1), x->type.rank());
  if (!axis) return;
  if (!flattens || *axis == x->type.rank() - 1) return importer.emit("log_softmax", {x}, {{"axis", int64_t{*axis}}});
  const Shape shape = x->type.shape;
  const auto middle = shape.begin() + *axis;
  const Shape flat = {element_count(Shape(shape.begin(), middle)), element_count(Shape(middle, shape.end()))};
  Value* y = importer.make("log_softmax", {importer.make("reshape", {x}, {{"shape", flat}})}, {{"axis", int64_t{1}}});
  if (y) importer.emit("reshape", {y}, {{"shape", shape}});
}

}  // namespace

extern const OpDef log_softmax_op = {
    .name = "log_softmax",
    .summary = "x - log(sum(exp(x))) along one axis.",
    .doc = "The largest element is taken out first, so that no exponential overflows.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "axis of the sum, not negative"}},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "LogSoftmax", 1, kNewest, import_log_softmax}},
};

}  // namespace tinyc::ir
