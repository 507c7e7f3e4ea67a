// SPDX-License-Identifier: Apache-2.0
#include "passes/layout_rules.h"

#include <algorithm>
#include <array>

#include "ir/op_def.h"

namespace tinyc {
namespace {

// Attributes that speak of axes; an operator with one of these names and no other claim can be permuted.
enum class Speaks : uint8_t {
  of_nothing,   // element-wise
  one_axis,     // an index of an axis
  axes,         // a sorted list of axes
  per_axis,     // an entry per axis
  begins_ends,  // an entry per axis, twice
};

struct Rule {
  std::string_view op;
  std::string_view attribute;
  Speaks speaks;
};

constexpr Rule kRules[] = {
    {"arg_max", "axis", Speaks::one_axis},     {"arg_min", "axis", Speaks::one_axis},
    {"concat", "axis", Speaks::one_axis},      {"expand", "shape", Speaks::per_axis},
    {"log_softmax", "axis", Speaks::one_axis}, {"pad", "pads", Speaks::begins_ends},
    {"reduce_max", "axes", Speaks::axes},      {"reduce_mean", "axes", Speaks::axes},
    {"reduce_min", "axes", Speaks::axes},      {"reduce_prod", "axes", Speaks::axes},
    {"reduce_sum", "axes", Speaks::axes},      {"slice", "sizes", Speaks::per_axis},
    {"slice", "starts", Speaks::per_axis},     {"slice", "steps", Speaks::per_axis},
    {"softmax", "axis", Speaks::one_axis},
};

bool has_rule(const ir::Op& op) {
  return std::any_of(std::begin(kRules), std::end(kRules), [&](const Rule& rule) { return rule.op == op.name(); });
}

bool is_one_number(const ir::Value* value) { return value->type.elements() == 1; }

// Operands that broadcasting would align with other axes are no obstacle only if they are known or one number.
bool operands_fit(const ir::Op& op) {
  const int rank = op.result_type().rank();
  bool any = false;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    const ir::Value* operand = op.operands[i];
    if (!operand) continue;
    any |= follows_layout(op, i);
    const bool known = is_known(operand) || is_one_number(operand);
    if (operand->type.rank() > rank || (operand->type.rank() < rank && !known)) return false;
  }
  const auto same_rank = [&](const ir::Value* result) { return result->type.rank() == rank; };
  return any && std::all_of(op.results.begin(), op.results.end(), same_rank);
}

ir::Attribute permuted_attribute(const ir::Attribute& value, Speaks speaks, const Permutation& perm) {
  const Permutation where = inverse(perm);
  if (speaks == Speaks::one_axis) return where[static_cast<size_t>(std::get<int64_t>(value))];
  const auto& list = std::get<std::vector<int64_t>>(value);
  std::vector<int64_t> result;
  if (speaks == Speaks::axes) {
    for (const int64_t axis : list) result.push_back(where[static_cast<size_t>(axis)]);
    std::sort(result.begin(), result.end());
    return result;
  }
  for (size_t half = 0; half < list.size(); half += perm.size()) {
    for (const int64_t axis : perm) result.push_back(list[half + static_cast<size_t>(axis)]);
  }
  return result;
}

}  // namespace

bool is_known(const ir::Value* value) {
  if (value && value->producer && value->producer->is("dequantize")) value = value->producer->operand(0);
  return ir::constant_data(value) != nullptr;
}

bool follows_layout(const ir::Op& op, size_t index) {
  const ir::Value* operand = op.operands[index];
  return operand && !is_known(operand) && operand->type.rank() == op.result_type().rank();
}

bool indifferent_to_axes(const ir::Op& op) {
  if (op.results.empty() || op.result_type().rank() < 2 || !op.regions.empty()) return false;
  return (op.def->traits.elementwise || has_rule(op)) && operands_fit(op);
}

bool indifferent_to_columns(const ir::Op& op) {
  if (!op.def->traits.elementwise || !indifferent_to_axes(op)) return false;
  const int64_t columns = op.result_type().shape.back();
  for (size_t i = 0; i < op.operands.size(); ++i) {
    if (!op.operands[i]) continue;
    const ir::Type& type = op.operand_type(i);
    if (type.rank() > 0 && type.shape.back() != columns && type.shape.back() != 1) return false;
    if (follows_layout(op, i) && type.shape.back() != columns) return false;
    if (type.quantized() && !type.quant->per_tensor()) return false;
  }
  return !op.result_type().quantized() || op.result_type().quant->per_tensor();
}

ir::Attributes permuted_attributes(const ir::Op& op, const Permutation& perm) {
  ir::Attributes attributes = op.attributes;
  for (const Rule& rule : kRules) {
    const auto found = rule.op == op.name() ? attributes.find(rule.attribute) : attributes.end();
    if (found != attributes.end()) found->second = permuted_attribute(found->second, rule.speaks, perm);
  }
  return attributes;
}

bool absorbs_columns(const ir::Op& op) {
  if (!op.is("fully_connected")) return false;
  if (!is_known(op.operand(1))) return false;
  const ir::Op* maker = op.operand(1)->producer;
  const ir::Type& weights = maker->is("dequantize") ? maker->operand_type(0) : maker->result_type();
  return !weights.quantized() || weights.quant->per_tensor() || (weights.quant->axis == 0 && weights.quant->block == 0);
}

}  // namespace tinyc
