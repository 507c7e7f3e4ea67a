// SPDX-License-Identifier: Apache-2.0
#include "ir/interpret.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/support/diagnostics.h"
#include "ir/op_def.h"

namespace tinyc::ir {

std::vector<Tensor> evaluate(const Op& op, std::span<const Tensor* const> operands) {
  std::vector<Tensor> results;
  for (const Value* result : op.results) results.emplace_back(result->type.element, result->type.shape);
  // Reference functions may index optional operands that were left out at the end.
  std::vector<const Tensor*> padded(operands.begin(), operands.end());
  padded.resize(std::max(padded.size(), op.def->operands.size()), nullptr);
  op.def->reference(op, padded, results);
  return results;
}

std::vector<Tensor> interpret(const Graph& graph, std::span<const Tensor> inputs, const Observer& observer) {
  TINYC_CHECK(inputs.size() == graph.inputs().size());
  std::unordered_map<const Value*, Tensor> values;
  std::unordered_map<const Value*, size_t> uses_left;
  const auto define = [&](const Value* value, Tensor tensor) {
    if (tensor.shape() != value->type.shape || tensor.element() != value->type.element) {
      TINYC_BUG("interpreter: '" + value->name + "' should be " + type_text(value->type) + " but is " +
                type_text(tensor.type()));
    }
    if (observer) observer(*value, tensor);
    uses_left[value] = value->users.size() + (graph.is_output(value) ? 1 : 0);
    values.insert_or_assign(value, std::move(tensor));
  };
  for (size_t i = 0; i < inputs.size(); ++i) define(graph.inputs()[i], inputs[i]);
  for (const auto& op : graph.ops()) {
    std::vector<const Tensor*> operands;
    for (const Value* operand : op->operands) operands.push_back(operand ? &values.at(operand) : nullptr);
    std::vector<Tensor> results = evaluate(*op, operands);
    for (size_t i = 0; i < results.size(); ++i) define(op->results[i], std::move(results[i]));
    for (const Value* operand : op->operands) {
      if (operand && --uses_left[operand] == 0) values.erase(operand);
    }
  }
  std::vector<Tensor> outputs;
  for (const Value* output : graph.outputs()) outputs.push_back(values.at(output));
  return outputs;
}

}  // namespace tinyc::ir
