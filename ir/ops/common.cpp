// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinyc::ir {

Result<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t da = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t db = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (da != db && da != 1 && db != 1)
      return Failure{fmt::format("shapes {} and {} do not broadcast", shape_text(a), shape_text(b))};
    result[result.size() - 1 - i] = da == 1 ? db : da;
  }
  return result;
}

std::vector<int64_t> broadcast_offsets(const Shape& from, const Shape& to) {
  const Shape strides = strides_of(from);
  Shape step(to.size(), 0);
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[from.size() - 1 - i] != 1) step[to.size() - 1 - i] = strides[from.size() - 1 - i];
  }
  std::vector<int64_t> offsets;
  offsets.reserve(static_cast<size_t>(element_count(to)));
  for_each_index(to, [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t i = 0; i < index.size(); ++i) offset += index[i] * step[i];
    offsets.push_back(offset);
  });
  return offsets;
}

AttributeDef activation_attribute() {
  return {"activation", AttributeKind::text, Attribute{std::string("none")},
          "unary operator applied to each result, or none"};
}
AttributeDef activation_args_attribute() {
  return {"activation_args", AttributeKind::reals, Attribute{std::vector<double>{}},
          "real attributes of the activation, in order"};
}

double activate(const Op& op, double value) {
  const std::string& name = op.text("activation");
  return name == "none" ? value : unary_function(name)(value, op.reals("activation_args"));
}

ClampBounds clamp_bounds(const Op& op, const Type& result) {
  ClampBounds bounds{lowest(result.element), highest(result.element)};
  const std::string& name = op.text("activation");
  if (name == "none") return bounds;
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  if (name == "clip") {
    low = op.reals("activation_args")[0];
    high = op.reals("activation_args")[1];
  }
  const double scale = result.quant->scale();
  const int64_t zero_point = result.quant->zero_point();
  if (std::isfinite(low)) bounds.low = std::max(bounds.low, quantize(low, scale, zero_point, result.element));
  if (std::isfinite(high)) bounds.high = std::min(bounds.high, quantize(high, scale, zero_point, result.element));
  return bounds;
}

Status verify_activation(const Op& op) {
  const std::string& name = op.text("activation");
  if (name == "none") return {};
  if (!unary_function(name)) return Failure{"unknown activation '" + name + "'"};
  size_t wanted = 0;
  for (const AttributeDef& def : op_def(name).attributes) wanted += def.kind == AttributeKind::real ? 1 : 0;
  if (op.reals("activation_args").size() != wanted)
    return Failure{fmt::format("activation {} takes {} arguments", name, wanted)};
  if (op.results[0]->type.quantized() && name != "relu" && name != "clip") {
    return Failure{"a quantised result can only be clamped (relu, clip), not given activation " + name};
  }
  return {};
}

UnaryFunction unary_function(std::string_view name) {
  const OpDef* def = find_op(name);
  return def ? def->scalar : nullptr;
}

std::vector<double> real_attributes(const Op& op) {
  std::vector<double> values;
  for (const AttributeDef& def : op.def->attributes) {
    if (def.kind == AttributeKind::real) values.push_back(op.real(def.name));
  }
  return values;
}

void copy_element_type(const Op& op, size_t operand, Type& result) {
  const Type& from = op.operand_type(operand);
  result.element = from.element;
  result.quant = from.quant && from.quant->per_tensor() ? from.quant : std::nullopt;
}

namespace {

Status infer_unary(Op& op) {
  const Type& x = op.operand_type(0);
  Type& y = op.results[0]->type;
  y.shape = x.shape;
  y.element = x.element;
  return {};
}

void evaluate_unary(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const std::vector<double> args = real_attributes(op);
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  for (int64_t i = 0; i < results[0].size(); ++i) {
    if (!in.quantized()) {
      results[0].set_real(i, op.def->scalar(operands[0]->real(i), args));
      continue;
    }
    const double x = in.quant->scale() * static_cast<double>(operands[0]->integer(i) - in.quant->zero_point());
    results[0].set_integer(i,
                           quantize(op.def->scalar(x, args), out.quant->scale(), out.quant->zero_point(), out.element));
  }
}

Status infer_binary(Op& op) {
  const Type& a = op.operand_type(0);
  const Type& b = op.operand_type(1);
  Result<Shape> shape = broadcast(a.shape, b.shape);
  if (!shape) return shape.failure();
  const bool integer_form = a.quantized() || b.quantized();
  if (a.element != b.element && !integer_form) {
    return Failure{fmt::format("element types {} and {} differ", element_name(a.element), element_name(b.element))};
  }
  op.results[0]->type.shape = shape.take();
  op.results[0]->type.element = a.element;
  return {};
}

// Keeps the low bits of the element, as two's complement arithmetic on the target does.
int64_t wrap(int64_t value, Element element) {
  const int unused = 64 - element_bits(element);
  const auto shifted = static_cast<int64_t>(static_cast<uint64_t>(value) << unused);
  return is_signed(element) ? shifted >> unused : static_cast<int64_t>(static_cast<uint64_t>(shifted) >> unused);
}

void evaluate_binary(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& ta = op.operand_type(0);
  const Type& tb = op.operand_type(1);
  Tensor& y = results[0];
  const std::vector<int64_t> offsets_a = broadcast_offsets(ta.shape, y.shape());
  const std::vector<int64_t> offsets_b = broadcast_offsets(tb.shape, y.shape());
  const bool clamped = op.result_type().quantized();
  const ClampBounds bounds = clamped ? clamp_bounds(op, op.result_type()) : ClampBounds{};
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t ia = offsets_a[static_cast<size_t>(i)];
    const int64_t ib = offsets_b[static_cast<size_t>(i)];
    if (clamped) {
      const int64_t value =
          op.def->binary->quantized(operands[0]->integer(ia), operands[1]->integer(ib), ta, tb, op.result_type());
      y.set_integer(i, std::clamp(value, bounds.low, bounds.high));
    } else if (is_float(ta.element)) {
      y.set_real(i, activate(op, op.def->binary->real(operands[0]->real(ia), operands[1]->real(ib))));
    } else {
      y.set_integer(i, wrap(op.def->binary->integer(operands[0]->integer(ia), operands[1]->integer(ib)), ta.element));
    }
  }
}

Status verify_binary(const Op& op) {
  const Type& y = op.result_type();
  if (y.quantized()) {
    if (!op.def->binary->quantized) return Failure{"has no integer form"};
    if (!op.operand_type(0).quantized() || !op.operand_type(1).quantized())
      return Failure{"all operands must be quantised"};
  }
  return verify_activation(op);
}

}  // namespace

OpDef unary_op(UnarySpec spec) {
  OpDef def;
  def.name = spec.name;
  def.summary = spec.summary;
  def.doc = spec.doc;
  def.operands = {{"x"}};
  def.results = {"y"};
  def.attributes = std::move(spec.attributes);
  def.traits = {.elementwise = true, .quantized_form = true};
  def.infer = infer_unary;
  def.reference = evaluate_unary;
  def.scalar = spec.function;
  def.onnx = std::move(spec.onnx);
  return def;
}

OpDef binary_op(BinarySpec spec) {
  OpDef def;
  def.name = spec.name;
  def.summary = spec.summary;
  def.doc = spec.doc;
  def.operands = {{"a"}, {"b"}};
  def.results = {"y"};
  def.attributes = {activation_attribute(), activation_args_attribute()};
  def.traits = {.elementwise = true, .commutative = spec.commutative, .quantized_form = spec.quantized != nullptr};
  def.infer = infer_binary;
  def.verify = verify_binary;
  def.reference = evaluate_binary;
  def.binary = std::make_shared<const BinaryFunctions>(BinaryFunctions{spec.real, spec.integer, spec.quantized});
  def.onnx = std::move(spec.onnx);
  return def;
}

}  // namespace tinyc::ir
