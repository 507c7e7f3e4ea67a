// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/reduce.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/tflite.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  Type& y = op.results[0]->type;
  copy_element_type(op, 0, y);
  y.shape = x.shape;
  int64_t last = -1;
  for (const int64_t axis : op.integers("axes")) {
    if (axis <= last || axis >= x.rank()) return Failure{"axes must be sorted, different and in range"};
    y.shape[static_cast<size_t>(axis)] = 1;
    last = axis;
  }
  return {};
}

Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (x.quantized() != y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (!x.quantized()) return {};
  if (op.def->reduce->quantized == ReduceFunctions::Integers::none) return Failure{"has no integer form"};
  if (!x.quant->per_tensor() || !y.quant->per_tensor())
    return Failure{"operand and result must be quantised per tensor"};
  return op.def->attribute("rounding") ? verify_rounding(op) : Status();
}

// Position in the result for every element of the operand.
std::vector<int64_t> targets(const Op& op) {
  const Shape strides = strides_of(op.result_type().shape);
  Shape steps = strides;
  for (const int64_t axis : op.integers("axes")) steps[static_cast<size_t>(axis)] = 0;
  std::vector<int64_t> result;
  result.reserve(static_cast<size_t>(op.operand_type(0).elements()));
  for_each_index(op.operand_type(0).shape, [&](const Shape& at) {
    int64_t offset = 0;
    for (size_t d = 0; d < at.size(); ++d) offset += at[d] * steps[d];
    result.push_back(offset);
  });
  return result;
}

int64_t count_of(const Op& op) {
  int64_t count = 1;
  for (const int64_t axis : op.integers("axes")) count *= op.operand_type(0).shape[static_cast<size_t>(axis)];
  return count;
}

void reduce_real(const Op& op, const Tensor& x, Tensor& y) {
  const ReduceFunctions& functions = *op.def->reduce;
  std::vector<double> totals(static_cast<size_t>(y.size()), functions.start);
  const std::vector<int64_t> to = targets(op);
  for (size_t i = 0; i < to.size(); ++i) {
    double& total = totals[static_cast<size_t>(to[i])];
    total = functions.real(total, x.real(static_cast<int64_t>(i)));
  }
  const bool mean = functions.quantized == ReduceFunctions::Integers::mean;
  const auto count = static_cast<double>(count_of(op));
  for (int64_t i = 0; i < y.size(); ++i) {
    const double total = totals[static_cast<size_t>(i)];
    y.set_real(i, mean ? total / count : total);
  }
}

// From the exact total to the element that is stored.
int64_t finished(const Op& op, int64_t total, int64_t count) {
  using Integers = ReduceFunctions::Integers;
  const Integers kind = op.def->reduce->quantized;
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  const int64_t divisor = kind == Integers::mean ? std::max<int64_t>(count, 1) : 1;
  if (!in.quantized()) return wrap(total / divisor, out.element);
  if (kind == Integers::extreme) return requantize_to(total, in, out);
  if (const Rounding rounding = rounding_of(op); rounding != Rounding::nearest)
    return saturate(tflite::mean(total, divisor, in, out, rounding), out.element);
  const FixedPoint scale = to_fixed_point(in.quant->scale() / (out.quant->scale() * static_cast<double>(divisor)));
  return saturate(out.quant->zero_point() + requantize(total - count * in.quant->zero_point(), scale), out.element);
}

void reduce_integer(const Op& op, const Tensor& x, Tensor& y) {
  const ReduceFunctions& functions = *op.def->reduce;
  std::vector<int64_t> totals(static_cast<size_t>(y.size()), functions.start_integer(x.element()));
  const std::vector<int64_t> to = targets(op);
  for (size_t i = 0; i < to.size(); ++i) {
    int64_t& total = totals[static_cast<size_t>(to[i])];
    total = functions.integer(total, x.integer(static_cast<int64_t>(i)));
  }
  const int64_t count = count_of(op);
  for (int64_t i = 0; i < y.size(); ++i) y.set_integer(i, finished(op, totals[static_cast<size_t>(i)], count));
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (is_float(operands[0]->element())) {
    reduce_real(op, *operands[0], results[0]);
  } else {
    reduce_integer(op, *operands[0], results[0]);
  }
}

}  // namespace

OpDef reduce_op(ReduceSpec spec) {
  OpDef def;
  def.name = spec.name;
  def.summary = spec.summary;
  def.doc = spec.doc;
  def.operands = {{"x"}};
  def.results = {"y"};
  def.attributes = {{"axes", AttributeKind::integers, std::nullopt, "sorted, not negative; they become 1"}};
  if (spec.functions.quantized == ReduceFunctions::Integers::mean) def.attributes.push_back(rounding_attribute());
  def.traits = {.quantized_form = spec.functions.quantized != ReduceFunctions::Integers::none};
  def.infer = infer;
  def.verify = verify;
  def.reference = reference;
  def.reduce = std::make_shared<const ReduceFunctions>(spec.functions);
  def.onnx = std::move(spec.onnx);
  return def;
}

std::optional<Reduction> import_reduction(OnnxImporter& importer, const Type& x) {
  std::vector<int64_t> axes = importer.integers("axes");
  if (importer.has_input(1)) {
    const auto given = importer.required_integers(1, "the axes");
    if (!given) return std::nullopt;
    axes = *given;
  }
  std::vector<bool> reduced(x.shape.size(), axes.empty() && importer.integer("noop_with_empty_axes", 0) == 0);
  for (const int64_t value : axes) {
    const auto axis = importer.axis(value, x.rank());
    if (!axis) return std::nullopt;
    reduced[static_cast<size_t>(*axis)] = true;
  }
  const bool keep = importer.integer("keepdims", 1) != 0;
  Reduction reduction;
  for (size_t d = 0; d < reduced.size(); ++d) {
    if (reduced[d]) reduction.axes.push_back(static_cast<int64_t>(d));
    if (!reduced[d] || keep) reduction.shape.push_back(reduced[d] ? 1 : x.shape[d]);
  }
  return reduction;
}

Value* make_reduced(OnnxImporter& importer, std::string_view name, Value* x, const Reduction& reduction) {
  // Nothing to reduce: the result does not depend on x.
  if (x && x->type.elements() == 0 && !x->type.quantized())
    x = importer.builder().constant(Tensor(x->type.element, x->type.shape));
  Value* y = reduction.axes.empty() ? x : importer.make(name, {x}, {{"axes", reduction.axes}});
  if (!y || y->type.shape == reduction.shape) return y;
  return importer.make("reshape", {y}, {{"shape", reduction.shape}});
}

void import_reduce_as(OnnxImporter& importer, std::string_view name) {
  Value* x = importer.input(0);
  if (!x) return;
  if (const auto reduction = import_reduction(importer, x->type))
    importer.set_output(0, make_reduced(importer, name, x, *reduction));
}

}  // namespace tinyc::ir
