// SPDX-License-Identifier: Apache-2.0
// The families of unary and binary element-wise operators.
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/common.h"
#include "ir/ops/unary_table.h"
#include "ir/tflite.h"

namespace tinyc::ir {
namespace {

Status infer_unary(Op& op) {
  const Type& x = op.operand_type(0);
  Type& y = op.results[0]->type;
  y.shape = x.shape;
  y.element = x.element;
  return {};
}

Status infer_test(Op& op) {
  op.results[0]->type.shape = op.operand_type(0).shape;
  op.results[0]->type.element = Element::b1;
  return {};
}

Status verify_unary(const Op& op) {
  if (op.operand_type(0).quantized() != op.result_type().quantized())
    return Failure{"operand and result must both be quantised, or neither"};
  if (op.result_type().quantized() && !(op.operand_type(0).quant->per_tensor() && op.result_type().quant->per_tensor()))
    return Failure{"operand and result must be quantised per tensor"};
  return op.def->attribute("rounding") ? verify_rounding(op) : Status();
}

// docs/numerics.md "functions of one variable": through float32, so that the table a kernel uses can be made anywhere.
int64_t unary_quantized(const Op& op, std::span<const double> args, int64_t q) {
  const Quantization& in = *op.operand_type(0).quant;
  const Type& out = op.result_type();
  if (const Rounding rounding = rounding_of(op); rounding != Rounding::nearest)
    return tflite::logistic(q, op.operand_type(0), rounding);
  if (const FunctionTable* table = unary_table(op))
    return saturate(table->result(unary_table_index(op, q)), out.element);
  const auto x = static_cast<float>(in.scale() * static_cast<double>(q - in.zero_point()));
  return quantize(op.def->scalar(static_cast<double>(x), args), out.quant->scale(), out.quant->zero_point(),
                  out.element);
}

void evaluate_unary(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const std::vector<double> args = real_attributes(op);
  const Type& in = op.operand_type(0);
  const Tensor& x = *operands[0];
  Tensor& y = results[0];
  const bool exact = op.def->scalar_integer && !is_float(in.element);
  for (int64_t i = 0; i < y.size(); ++i) {
    if (in.quantized()) {
      y.set_integer(i, unary_quantized(op, args, x.integer(i)));
    } else if (exact) {
      y.set_integer(i, wrap(op.def->scalar_integer(x.integer(i), args), y.element()));
    } else {
      y.set_real(i, op.def->scalar(x.real(i), args));
    }
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

Status infer_compare(Op& op) {
  if (const Status status = infer_binary(op); !status) return status;
  op.results[0]->type.element = Element::b1;
  return {};
}

int64_t binary_quantized(const Op& op, Rounding rounding, int64_t a, int64_t b) {
  const Type& ta = op.operand_type(0);
  const Type& tb = op.operand_type(1);
  const Type& y = op.result_type();
  if (rounding == Rounding::nearest) return op.def->binary->quantized(a, b, ta, tb, y);
  return op.is("add") ? tflite::add(a, b, ta, tb, y, rounding) : tflite::mul(a, b, ta, tb, y, rounding);
}

void evaluate_binary(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& ta = op.operand_type(0);
  const Type& tb = op.operand_type(1);
  const Tensor& a = *operands[0];
  const Tensor& b = *operands[1];
  Tensor& y = results[0];
  const BinaryFunctions& functions = *op.def->binary;
  const std::vector<int64_t> offsets_a = broadcast_offsets(ta.shape, y.shape());
  const std::vector<int64_t> offsets_b = broadcast_offsets(tb.shape, y.shape());
  const bool activated = op.def->attribute("activation") != nullptr;
  const Activation activation = activated ? activation_of(op) : Activation{};
  const bool quantized = op.result_type().quantized();
  const Rounding rounding = rounding_of(op);
  const ClampBounds bounds = quantized ? clamp_bounds(op, op.result_type()) : ClampBounds{};
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t ia = offsets_a[static_cast<size_t>(i)];
    const int64_t ib = offsets_b[static_cast<size_t>(i)];
    if (quantized) {
      const int64_t value = binary_quantized(op, rounding, a.integer(ia), b.integer(ib));
      y.set_integer(i, std::clamp(value, bounds.low, bounds.high));
    } else if (is_float(ta.element)) {
      y.set_real(i, activation(functions.real(a.real(ia), b.real(ib))));
    } else {
      y.set_integer(i, wrap(functions.integer(a.integer(ia), b.integer(ib)), y.element()));
    }
  }
}

Status verify_binary(const Op& op) {
  const Type& y = op.result_type();
  const bool any = op.operand_type(0).quantized() || op.operand_type(1).quantized();
  if (!y.quantized()) return any ? Failure{"the result must be quantised as the operands are"} : verify_activation(op);
  if (!op.def->binary->quantized) return Failure{"has no integer form"};
  for (const Type* type : {&op.operand_type(0), &op.operand_type(1), &y}) {
    if (!type->quantized() || !type->quant->per_tensor())
      return Failure{"operands and result must be quantised per tensor"};
  }
  if (op.def->attribute("rounding")) {
    if (const Status status = verify_rounding(op); !status) return status;
  }
  return verify_activation(op);
}

Status verify_compare(const Op& op) {
  if (op.operand_type(0).quantized() || op.operand_type(1).quantized()) return Failure{"has no integer form"};
  return {};
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
  def.traits = {.elementwise = true, .quantized_form = !spec.tests};
  def.infer = spec.tests ? infer_test : infer_unary;
  def.verify = verify_unary;
  def.reference = evaluate_unary;
  def.scalar = spec.function;
  def.scalar_integer = spec.integer;
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
  if (!spec.compares) def.attributes = {activation_attribute(), activation_args_attribute()};
  if (spec.tflite) def.attributes.push_back(rounding_attribute());
  def.traits = {.elementwise = true, .commutative = spec.commutative, .quantized_form = spec.quantized != nullptr};
  def.infer = spec.compares ? infer_compare : infer_binary;
  def.verify = spec.compares ? verify_compare : verify_binary;
  def.reference = evaluate_binary;
  def.binary = std::make_shared<const BinaryFunctions>(BinaryFunctions{spec.real, spec.integer, spec.quantized});
  def.onnx = std::move(spec.onnx);
  return def;
}

void import_unary_as(OnnxImporter& importer, std::string_view name) {
  Value* x = importer.input(0);
  if (!x) return;
  Attributes attributes;
  for (const AttributeDef& def : op_def(name).attributes) {
    if (def.kind != AttributeKind::real) continue;
    const double fallback = def.fallback ? std::get<double>(*def.fallback) : 0;
    attributes[std::string(def.name)] = importer.real(def.name, fallback);
  }
  importer.emit(name, {x}, std::move(attributes));
}

void import_binary_as(OnnxImporter& importer, std::string_view name) {
  Value* a = importer.input(0);
  Value* b = importer.input(1);
  if (a && b) importer.emit(name, {a, b});
}

Value* import_chain(OnnxImporter& importer, std::string_view name) {
  Value* sum = importer.input(0);
  for (size_t i = 1; sum && i < importer.input_count(); ++i) sum = importer.make(name, {sum, importer.input(i)});
  return sum;
}

}  // namespace tinyc::ir
