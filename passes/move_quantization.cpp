// SPDX-License-Identifier: Apache-2.0
// What: operators that only move elements, fill or pick the largest work on the integers: dequantize goes below them,
// quantize above them, and quant_cast towards the side where the integers are raw.
// Why: lower_qdq looks for dequantize -> operator -> quantize; a reshape or a transposed weight in between hides it.
// Before: %d = dequantize(%q)  %y = transpose(%d).   After: %t = transpose(%q)  %y = dequantize(%t).
// Refuses: operands under different quantisations (concat) when going down; scales per channel, unless the axis is
// found again on the other side (transpose always, reshape if it keeps the dimension); padding with a number that the
// quantisation cannot hold; going up past a value that somebody else reads.
#include <algorithm>

#include "ir/numerics.h"
#include "ir/ops/quantization.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Type;
using ir::Value;

// Copies elements, or picks among them by their order, which a quantisation per tensor keeps.
bool moves(const Op& op) {
  constexpr std::string_view kPickers[] = {"max_pool", "pad", "reduce_max", "reduce_min"};
  if (op.is("quant_cast") || op.operands.empty()) return false;
  return op.def->traits.moves_only ||
         std::find(std::begin(kPickers), std::end(kPickers), op.name()) != std::end(kPickers);
}

// Attributes of `op` when it works on integers of type `type` instead of on what the cast `cast` makes of them (or is
// given); nothing if the number it fills with changes.
std::optional<ir::Attributes> moved_attributes(const Op& op, std::string_view cast, const Type& type) {
  ir::Attributes attributes = op.attributes;
  if (!op.is("pad") || op.text("mode") != "constant") return attributes;
  const double scale = type.quant->scale();
  const int64_t zero_point = type.quant->zero_point();
  const auto integer = [&](double value) { return ir::quantize(value, scale, zero_point, type.element); };
  const auto real = [&](int64_t value) { return scale * static_cast<double>(value - zero_point); };
  const double value = op.real("value");
  if (cast == "quant_cast") {
    const auto raw = static_cast<int64_t>(value);
    if (integer(real(raw)) != raw) return std::nullopt;
    attributes["value"] = real(raw);
  } else if (cast == "dequantize" && static_cast<float>(real(integer(value))) != static_cast<float>(value)) {
    return std::nullopt;
  }
  return attributes;
}

// The axis of `to` that has the elements of `axis` of `from`, for a reshape.
std::optional<int> axis_after_reshape(const ir::Shape& from, const ir::Shape& to, int axis) {
  const auto outer = [](const ir::Shape& shape, int end) {
    return ir::element_count(ir::Shape(shape.begin(), shape.begin() + end));
  };
  const int64_t before = outer(from, axis);
  for (int i = 0; i < static_cast<int>(to.size()); ++i) {
    if (to[static_cast<size_t>(i)] == from[static_cast<size_t>(axis)] && outer(to, i) == before) return i;
  }
  return std::nullopt;
}

// The quantisation of `to` when `op` moves `from` (quantised) there.
std::optional<ir::Quantization> moved(const Op& op, const Type& from, const ir::Shape& to) {
  ir::Quantization quant = *from.quant;
  if (quant.per_tensor()) return quant;
  if (op.is("transpose")) return ir::transposed_quantization(from, op.integers("perm"));
  if (!op.is("reshape") || quant.block != 0) return std::nullopt;
  const std::optional<int> axis = axis_after_reshape(from.shape, to, quant.axis);
  if (!axis) return std::nullopt;
  quant.axis = *axis;
  return quant;
}

// Operands that the operator moves, as opposed to indices.
bool carries(const Op& op, size_t index) {
  const Value* operand = op.operand(index);
  return operand && operand->type.element == op.result_type().element;
}

// op(cast(a), cast(b)) -> cast(op(a), op(b)), for cast = dequantize or a quant_cast that strips.
bool sink(ir::Graph& graph, Op* op, std::string_view cast) {
  std::vector<Value*> operands = op->operands;
  const Type* from = nullptr;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (!carries(*op, i)) continue;
    const Op* maker = operands[i]->producer;
    if (!maker || !maker->is(cast) || maker->result_type().quantized()) return false;
    const Type& type = maker->operand_type(0);
    if (!type.quantized()) return false;
    if (from && (from->element != type.element || from->quant != type.quant || !type.quant->per_tensor())) return false;
    from = &type;
    operands[i] = maker->operand(0);
  }
  if (!from) return false;
  std::vector<Type> types;
  for (const Value* result : op->results) {
    const auto quant = moved(*op, *from, result->type.shape);
    if (!quant) return false;
    types.push_back({from->element, result->type.shape, quant});
  }
  const auto attributes = moved_attributes(*op, cast, *from);
  Op* copy = attributes ? try_copy(graph, *op, std::move(operands), *attributes, types, op) : nullptr;
  if (!copy) return false;
  ir::Builder builder(graph, op);
  builder.set_origin(op->origin);
  std::vector<std::string> names;
  std::vector<Value*> made;
  for (size_t i = 0; i < copy->results.size(); ++i) {
    made.push_back(builder.make(cast, {copy->results[i]}));
    made.back()->type.quant = std::nullopt;
    names.push_back(op->results[i]->name);
    graph.replace_uses(op->results[i], made.back());
  }
  graph.erase(op);
  for (size_t i = 0; i < made.size(); ++i) graph.rename(made[i], names[i]);
  return true;
}

// Quantisation that `op` would have to carry so that its result has `wanted`; only the moves that can be undone.
std::optional<ir::Quantization> before_move(const Op& op, const Type& wanted) {
  if (wanted.quant->per_tensor()) return wanted.quant;
  ir::Quantization quant = *wanted.quant;
  if (quant.block != 0) return std::nullopt;
  if (op.is("transpose")) {
    quant.axis = static_cast<int>(op.integers("perm")[static_cast<size_t>(quant.axis)]);
    return quant;
  }
  if (!op.is("reshape")) return std::nullopt;
  const auto axis = axis_after_reshape(wanted.shape, op.operand_type(0).shape, quant.axis);
  if (!axis) return std::nullopt;
  quant.axis = *axis;
  return quant;
}

// Joins under several quantisations: lower_qdq makes them one operator that requantises on the way.
bool requantizes(const Op& op) {
  const auto dequantized = [](const Value* operand) {
    return operand && operand->producer && operand->producer->is("dequantize");
  };
  return op.is("concat") && std::any_of(op.operands.begin(), op.operands.end(), dequantized);
}

// cast(op(a, b)) -> op(cast(a), cast(b)), for cast = quantize or a quant_cast that adds a quantisation.
bool hoist(ir::Graph& graph, Op* cast) {
  const Type& wanted = cast->result_type();
  Op* op = cast->operand(0)->producer;
  if (!op || !moves(*op) || op->results.size() != 1 || !wanted.quantized() || cast->operand_type(0).quantized() ||
      !used_once(graph, op->result()) || requantizes(*op))
    return false;
  const auto quant = before_move(*op, wanted);
  const auto attributes = moved_attributes(*op, cast->name(), wanted);
  if (!quant || !attributes) return false;
  std::vector<Value*> operands = op->operands;
  std::vector<Op*> casts;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (!carries(*op, i)) continue;
    const Type type{wanted.element, operands[i]->type.shape, *quant};
    casts.push_back(try_copy(graph, *cast, {operands[i]}, {}, {type}, op));
    if (!casts.back()) break;
    operands[i] = casts.back()->result();
  }
  const bool complete = !casts.empty() && casts.back();
  Op* copy = complete ? try_copy(graph, *op, std::move(operands), *attributes, {wanted}, op) : nullptr;
  if (!copy) {
    for (Op* made : casts) {
      if (made) graph.erase(made);
    }
    return false;
  }
  absorb_op(graph, cast, copy->result());
  graph.erase(op);
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) {
    if (op->is("quantize") || op->is("quant_cast")) {
      changed |= hoist(graph, op);
    } else if (moves(*op)) {
      changed |= sink(graph, op, "dequantize") || sink(graph, op, "quant_cast");
    }
  }
  return changed;
}

}  // namespace

extern const PassDef move_quantization_pass = {
    .name = "move_quantization",
    .summary = "let operators that only move elements work on integers",
    .doc = "Moves dequantize below and quantize above transposes, reshapes, slices, concatenations and their like.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
