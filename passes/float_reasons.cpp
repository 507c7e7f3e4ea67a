// SPDX-License-Identifier: Apache-2.0
#include "passes/float_reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ir/op_def.h"
#include "ir/verify.h"
#include "passes/lower_qdq_operands.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

// "input", or the operand's name where several fit one: "operand 2".
std::string operand_name(const Op& op, size_t index) {
  const auto& defs = op.def->operands;
  const bool named = index < defs.size() && defs[index].kind != ir::OperandKind::variadic;
  return named ? std::string(defs[index].name) : fmt::format("operand {}", index);
}

// Where a float comes from that is neither dequantized nor a constant; nothing if it is one of these.
std::string operand_problem(const Op& op, size_t index) {
  const Value* value = op.operands[index];
  if (!value || !ir::is_float(value->type.element) || known_reals(value)) return "";
  const Op* maker = value->producer;
  if (maker && maker->is("dequantize")) return "";
  const std::string from = maker ? fmt::format("{} makes floats", maker->name()) : "a float input of the model";
  return fmt::format("{} '{}' is not dequantized ({})", operand_name(op, index), value->name, from);
}

// Who wants the result as floats.
std::string result_problem(const ir::Graph& graph, const Value* result) {
  std::set<std::string> readers;
  bool quantized = false;
  for (const Op* user : result->users) {
    if (user->is("quantize")) {
      quantized = true;
    } else {
      readers.emplace(user->name());
    }
  }
  std::vector<std::string> list(readers.begin(), readers.end());
  if (graph.is_output(result)) list.emplace_back("the model's output");
  if (list.empty()) return "";
  return fmt::format("result '{}' is {}: {} wants floats", result->name,
                     quantized ? "not only quantized" : "not quantized", joined(list, ", "));
}

// What the lowering says on a copy of the graph, where operands and result are as it wants them.
std::string lowering_problem(const ir::Graph& graph, const Op& op, const HasKernel& has_kernel) {
  const auto copy = graph.clone();
  const auto position =
      std::find_if(graph.ops().begin(), graph.ops().end(), [&](const auto& o) { return o.get() == &op; });
  Op* twin = std::next(copy->ops().begin(), std::distance(graph.ops().begin(), position))->get();
  std::vector<Op*> made;
  const auto operands = integer_operands(*copy, twin, made);
  if (!operands) return "a constant operand has no integers for it (not quantized, or of scales that do not fit)";
  const auto wanted = integer_results(*copy, *twin);
  if (!wanted) return "its results are quantized in several ways";
  std::vector<ir::Type> types;
  for (const Value* operand : *operands) {
    if (operand && operand->type.quantized()) types.push_back(operand->type);
  }
  if (wanted->size() == 1 && !scales_fit(op, types, wanted->front()))
    return "the ratio of its scales is more than fixed point can hold";
  Op* integer = copy->insert(*op.def, *operands, op.attributes, wanted->size(), twin);
  for (size_t i = 0; i < wanted->size(); ++i) integer->results[i]->type = (*wanted)[i];
  const Status status = ir::verify(*integer);
  if (!status) return status.message();
  if (has_kernel && !has_kernel(*integer)) return "the target has no kernel for its integers";
  return "it was not in this form when integers were looked for";
}

}  // namespace

std::string why_float(const ir::Graph& graph, const Op& op, const HasKernel& has_kernel) {
  if (!op.def->traits.quantized_form) return fmt::format("{} has no integer form", op.name());
  std::vector<std::string> reasons;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    if (std::string problem = operand_problem(op, i); !problem.empty()) reasons.push_back(std::move(problem));
  }
  for (const Value* result : op.results) {
    if (std::string problem = result_problem(graph, result); !problem.empty()) reasons.push_back(std::move(problem));
  }
  if (reasons.empty()) reasons.push_back(lowering_problem(graph, op, has_kernel));
  return joined(reasons, "; ");
}

}  // namespace tinyc
