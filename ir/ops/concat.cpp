// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>

#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  if (op.operands.empty()) return Failure{"needs at least one operand"};
  const Type& first = op.operand_type(0);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= first.rank()) return Failure{"axis is out of range"};
  Shape shape = first.shape;
  shape[static_cast<size_t>(axis)] = 0;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    const Type& type = op.operand_type(i);
    Shape rest = type.shape;
    if (type.rank() == first.rank()) rest[static_cast<size_t>(axis)] = 0;
    Shape wanted = shape;
    wanted[static_cast<size_t>(axis)] = 0;
    if (rest != wanted || (type.element != first.element && !type.quantized()))
      return Failure{fmt::format("{} and {} cannot be joined along axis {}", type_text(first), type_text(type), axis)};
    shape[static_cast<size_t>(axis)] += type.shape[static_cast<size_t>(axis)];
  }
  op.results[0]->type.shape = std::move(shape);
  op.results[0]->type.element = first.element;
  return {};
}

Status verify(const Op& op) {
  for (const Value* operand : op.operands) {
    if (operand->type.quantized() != op.result_type().quantized())
      return Failure{"operands and result must all be quantised, or none"};
    if (operand->type.quantized() && !(operand->type.quant->per_tensor() && op.result_type().quant->per_tensor()))
      return Failure{"operands and result must be quantised per tensor"};
  }
  return {};
}

// The operand as the result's element and quantisation want it.
Tensor converted(const Tensor& x, const Type& from, const Type& to) {
  if (!from.quantized() || (from.quant == to.quant && from.element == to.element)) return x;
  Tensor y(to.element, x.shape());
  for (int64_t i = 0; i < x.size(); ++i) y.set_integer(i, requantize_to(x.integer(i), from, to));
  return y;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& out = op.result_type();
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const auto bytes = static_cast<size_t>(element_bytes(out.element));
  const size_t inner =
      static_cast<size_t>(element_count(Shape(out.shape.begin() + op.integer("axis"), out.shape.end()))) * bytes;
  const int64_t outer = element_count(Shape(out.shape.begin(), out.shape.begin() + op.integer("axis")));
  std::byte* to = results[0].mutable_data();
  for (size_t k = 0; k < operands.size(); ++k) {
    const Tensor x = converted(*operands[k], op.operand_type(k), out);
    if (x.size() == 0) continue;
    const size_t chunk = inner / static_cast<size_t>(out.shape[axis]) * static_cast<size_t>(x.shape()[axis]);
    for (int64_t i = 0; i < outer; ++i)
      std::memcpy(to + static_cast<size_t>(i) * inner, x.data() + static_cast<size_t>(i) * chunk, chunk);
    to += chunk;
  }
}

void import_concat(OnnxImporter& importer) {
  std::vector<Value*> operands;
  for (size_t i = 0; i < importer.input_count(); ++i) operands.push_back(importer.input(i));
  if (operands.empty() || !operands[0]) return;
  const auto axis = importer.axis(importer.integer("axis", 1), operands[0]->type.rank());
  if (axis) importer.emit("concat", operands, {{"axis", int64_t{*axis}}});
}

// com.microsoft QLinearConcat: scale and zero point of the result, then tensor, scale, zero point of each operand.
void import_qlinear_concat(OnnxImporter& importer) {
  std::vector<Value*> operands;
  for (size_t i = 2; i + 2 < importer.input_count(); i += 3) {
    Value* x = import_quantized(importer, importer.input(i), i + 1, i + 2);
    if (!x) return;
    operands.push_back(x);
  }
  if (operands.empty()) return importer.error(Code::T0302, "no tensors to join");
  const auto axis = importer.axis(importer.integer("axis", 1), operands[0]->type.rank());
  const auto result = import_result_quantization(importer, 0, 1, operands[0]->type.element);
  if (axis && result) emit_quantized(importer, "concat", operands, {{"axis", int64_t{*axis}}}, *result);
}

}  // namespace

extern const OpDef concat_op = {
    .name = "concat",
    .summary = "Joins tensors along an axis.",
    .doc = "Quantised: operands whose quantisation differs from the result's are requantised, one rounding each.",
    .operands = {{"x", OperandKind::variadic}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "not negative"}},
    .traits = {.quantized_form = true, .moves_only = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "Concat", 4, kNewest, import_concat},
             {"com.microsoft", "QLinearConcat", 1, kNewest, import_qlinear_concat}},
};

}  // namespace tinyc::ir
