// SPDX-License-Identifier: Apache-2.0
#include "passes/rewrite.h"

#include <algorithm>

#include "ir/interpret.h"
#include "ir/verify.h"

namespace tinyc {

bool used_once(const ir::Graph& graph, const ir::Value* value) {
  return value->users.size() == 1 && !graph.is_output(value);
}

bool has_made_up_name(const ir::Value* value) {
  const std::string& name = value->name;
  return name.size() > 2 && name.starts_with("v_") &&
         std::all_of(name.begin() + 2, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

namespace {

void replace(ir::Graph& graph, ir::Op* op, ir::Value* with, bool take_name) {
  const std::string name = op->result()->name;
  // Two outputs may be one value; the name of the first stays.
  if (!with->producer || graph.is_output(with)) take_name = false;
  graph.replace_uses(op->result(), with);
  graph.erase(op);
  if (take_name) graph.rename(with, name);
}

}  // namespace

void replace_op(ir::Graph& graph, ir::Op* op, ir::Value* with) {
  const ir::Value* old = op->result();
  replace(graph, op, with, (has_made_up_name(with) && !has_made_up_name(old)) || graph.is_output(old));
}

void absorb_op(ir::Graph& graph, ir::Op* op, ir::Value* with) {
  merge_origin(with->producer, op->origin);
  replace(graph, op, with, !has_made_up_name(op->result()) || has_made_up_name(with));
}

void merge_origin(ir::Op* into, const std::vector<std::string>& origin) {
  for (const std::string& node : origin) {
    if (std::find(into->origin.begin(), into->origin.end(), node) == into->origin.end()) into->origin.push_back(node);
  }
}

ir::Op* try_copy(ir::Graph& graph, const ir::Op& op, std::vector<ir::Value*> operands, ir::Attributes attributes,
                 const std::vector<ir::Type>& results, ir::Op* before) {
  ir::Op* copy = graph.insert(*op.def, std::move(operands), std::move(attributes), results.size(), before);
  copy->origin = op.origin;
  for (size_t i = 0; i < results.size(); ++i) copy->results[i]->type = results[i];
  if (ir::verify(*copy)) return copy;
  graph.erase(copy);
  return nullptr;
}

std::optional<ir::Tensor> known_reals(const ir::Value* value) {
  if (const ir::Tensor* data = ir::constant_data(value); data && ir::is_float(data->element())) return *data;
  if (!value || !value->producer || !value->producer->is("dequantize")) return std::nullopt;
  const ir::Tensor* data = ir::constant_data(value->producer->operand(0));
  if (!data) return std::nullopt;
  return ir::evaluate(*value->producer, std::vector<const ir::Tensor*>{data})[0];
}

const ir::Tensor* float_constant(const ir::Value* value) {
  const ir::Tensor* data = ir::constant_data(value);
  return data && ir::is_float(data->element()) ? data : nullptr;
}

std::optional<double> uniform_value(const ir::Tensor& tensor) {
  if (tensor.size() == 0) return std::nullopt;
  const double first = tensor.real(0);
  for (int64_t i = 1; i < tensor.size(); ++i) {
    if (tensor.real(i) != first) return std::nullopt;
  }
  return first;
}

}  // namespace tinyc
