// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const std::vector<int64_t>& shape = op.integers("shape");
  const std::optional<int64_t> count = checked_element_count(shape);
  if (!count || *count != x.elements())
    return Failure{
        fmt::format("{} cannot become {}: the element counts differ", shape_text(x.shape), shape_text(shape))};
  Type& y = op.results[0]->type;
  copy_element_type(op, 0, y);
  y.shape = shape;
  return {};
}

void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  results[0] = operands[0]->reshaped(results[0].shape());
}

// Resolves 0 (copy, unless allowzero) and -1 (the rest) of ONNX's Reshape.
std::optional<Shape> resolve(OnnxImporter& importer, const Shape& from, Shape wanted) {
  const bool allow_zero = importer.integer("allowzero", 0) != 0;
  int64_t known = 1;
  int rest = -1;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == 0 && !allow_zero && i < from.size()) wanted[i] = from[i];
    if (wanted[i] == -1) {
      if (rest >= 0) {
        importer.error(Code::T0305, "more than one -1 in the shape " + shape_text(wanted));
        return std::nullopt;
      }
      rest = static_cast<int>(i);
    } else if (wanted[i] >= 0 && known <= (int64_t{1} << 31)) {
      known *= wanted[i];
    }
  }
  if (rest >= 0) wanted[static_cast<size_t>(rest)] = known > 0 ? element_count(from) / known : 0;
  return wanted;
}

void import_reshape(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto wanted = importer.required_integers(1, "the shape");
  if (!x || !wanted) return;
  if (const auto shape = resolve(importer, x->type.shape, *wanted)) importer.emit("reshape", {x}, {{"shape", *shape}});
}

void import_flatten(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  int64_t axis = importer.integer("axis", 1);
  if (axis < 0) axis += x->type.rank();
  if (axis < 0 || axis > x->type.rank())
    return importer.error(Code::T0307, fmt::format("axis {} of a tensor of rank {}", axis, x->type.rank()));
  const auto middle = x->type.shape.begin() + axis;
  importer.emit("reshape", {x},
                {{"shape", Shape{element_count(Shape(x->type.shape.begin(), middle)),
                                 element_count(Shape(middle, x->type.shape.end()))}}});
}

// Axes of Squeeze and Unsqueeze: an attribute before opset 13, an input from then on.
std::optional<std::vector<int64_t>> axes_of(OnnxImporter& importer) {
  if (importer.has_input(1)) return importer.required_integers(1, "the axes");
  return importer.integers("axes");
}

void import_squeeze(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto axes = axes_of(importer);
  if (!x || !axes) return;
  std::vector<bool> drop(x->type.shape.size(), false);
  for (const int64_t value : *axes) {
    const auto axis = importer.axis(value, x->type.rank());
    if (!axis) return;
    if (x->type.shape[static_cast<size_t>(*axis)] != 1)
      return importer.error(Code::T0305, fmt::format("axis {} of {} is not 1", *axis, shape_text(x->type.shape)));
    drop[static_cast<size_t>(*axis)] = true;
  }
  Shape shape;
  for (size_t i = 0; i < drop.size(); ++i) {
    const bool dropped = axes->empty() ? x->type.shape[i] == 1 : drop[i];
    if (!dropped) shape.push_back(x->type.shape[i]);
  }
  importer.emit("reshape", {x}, {{"shape", shape}});
}

void import_unsqueeze(OnnxImporter& importer) {
  Value* x = importer.input(0);
  const auto axes = axes_of(importer);
  if (!x || !axes) return;
  const int rank = x->type.rank() + static_cast<int>(axes->size());
  std::vector<bool> added(static_cast<size_t>(rank), false);
  for (const int64_t value : *axes) {
    const auto axis = importer.axis(value, rank);
    if (!axis) return;
    if (added[static_cast<size_t>(*axis)])
      return importer.error(Code::T0307, fmt::format("axis {} is named twice", *axis));
    added[static_cast<size_t>(*axis)] = true;
  }
  Shape shape;
  size_t next = 0;
  for (const bool is_new : added) shape.push_back(is_new ? 1 : x->type.shape[next++]);
  importer.emit("reshape", {x}, {{"shape", shape}});
}

}  // namespace

extern const OpDef reshape_op = {
    .name = "reshape",
    .summary = "Gives the same elements another shape.",
    .doc = "Row-major order is kept, so the result is a view of the operand's bytes.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"shape", AttributeKind::integers, std::nullopt, "the new shape, all dimensions known"}},
    .traits = {.view = true, .moves_only = true},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "Flatten", 1, kNewest, import_flatten},
             {"", "Reshape", 5, kNewest, import_reshape},
             {"", "Squeeze", 1, kNewest, import_squeeze},
             {"", "Unsqueeze", 1, kNewest, import_unsqueeze}},
};

}  // namespace tinyc::ir
