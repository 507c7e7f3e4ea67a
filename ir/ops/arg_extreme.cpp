// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/arg_extreme.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  if (x.shape[static_cast<size_t>(axis)] == 0)
    return Failure{"there is nothing to choose from along an axis of size 0"};
  Type& y = op.results[0]->type;
  y.element = Element::i64;
  y.shape = x.shape;
  y.shape[static_cast<size_t>(axis)] = 1;
  return {};
}

// Order does not depend on the scale, so quantised operands are compared as integers.
Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  if (x.quantized() && !x.quant->per_tensor()) return Failure{"the operand must be quantised per tensor"};
  return {};
}

}  // namespace

void find_extremes(const Op& op, const Tensor& x, Tensor& y, bool (*better)(double a, double b)) {
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape()[axis];
  const int64_t stride = strides_of(x.shape())[axis];
  const bool last = op.flag("last");
  for (int64_t line = 0; line < y.size(); ++line) {
    const int64_t base = line / stride * stride * count + line % stride;
    int64_t best = 0;
    for (int64_t i = 1; i < count; ++i) {
      const double candidate = x.real(base + i * stride);
      const double leader = x.real(base + best * stride);
      if (better(candidate, leader) || (last && candidate == leader)) best = i;
    }
    y.set_integer(line, best);
  }
}

void import_arg_as(OnnxImporter& importer, std::string_view name) {
  Value* x = importer.input(0);
  if (!x) return;
  const auto axis = importer.axis(importer.integer("axis", 0), x->type.rank());
  if (!axis) return;
  const bool last = importer.integer("select_last_index", 0) != 0;
  Value* y = importer.make(name, {x}, {{"axis", int64_t{*axis}}, {"last", last}});
  if (!y) return;
  if (importer.integer("keepdims", 1) != 0) return importer.set_output(0, y);
  Shape shape = y->type.shape;
  shape.erase(shape.begin() + *axis);
  importer.emit("reshape", {y}, {{"shape", shape}});
}

OpDef arg_op(std::string_view name, std::string_view summary, OnnxRule rule,
             void (*reference)(const Op&, std::span<const Tensor* const>, std::span<Tensor>)) {
  OpDef def;
  def.name = name;
  def.summary = summary;
  def.doc = "The result is i64, with the axis of size 1. Of equal elements the first counts, or the last.";
  def.operands = {{"x"}};
  def.results = {"y"};
  def.attributes = {{"axis", AttributeKind::integer, std::nullopt, "not negative"},
                    {"last", AttributeKind::flag, Attribute{false}, "the last of equal elements counts"}};
  def.traits = {.quantized_form = true};
  def.infer = infer;
  def.verify = verify;
  def.reference = reference;
  def.onnx = {rule};
  return def;
}

}  // namespace tinyc::ir
