// SPDX-License-Identifier: Apache-2.0
#include "ir/fold.h"

#include "ir/builder.h"
#include "ir/interpret.h"

namespace tinyc::ir {

bool fold_constant_op(Graph& graph, Op* op, bool dequantize_too) {
  if (op->is("constant") || op->def->traits.random || !op->def->reference || !op->regions.empty()) return false;
  if (op->is("dequantize") && !dequantize_too) return false;
  std::vector<const Tensor*> operands;
  for (const Value* operand : op->operands) {
    if (operand && !constant_data(operand)) return false;
    operands.push_back(constant_data(operand));
  }
  std::vector<Tensor> results = evaluate(*op, operands);
  Builder builder(graph, op);
  builder.set_origin(op->origin);
  std::vector<Value*> made;
  std::vector<std::string> names;
  for (size_t i = 0; i < results.size(); ++i) {
    Value* from = op->results[i];
    made.push_back(builder.constant(std::move(results[i])));
    made.back()->type.quant = from->type.quant;
    names.push_back(from->name);
    graph.replace_uses(from, made.back());
  }
  graph.erase(op);
  for (size_t i = 0; i < made.size(); ++i) graph.rename(made[i], names[i]);
  return true;
}

}  // namespace tinyc::ir
