// SPDX-License-Identifier: Apache-2.0
#include "ir/verify.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "ir/op_def.h"
#include "ir/print.h"

namespace tinyc::ir {
namespace {

Status check_operands(const Op& op) {
  const std::vector<OperandDef>& defs = op.def->operands;
  const bool variadic = !defs.empty() && defs.back().kind == OperandKind::variadic;
  if (op.operands.size() > defs.size() && !variadic)
    return Failure{fmt::format("{} operands, at most {}", op.operands.size(), defs.size())};
  for (size_t i = 0; i < std::max(defs.size(), op.operands.size()); ++i) {
    const OperandDef& def = defs[std::min(i, defs.size() - 1)];
    if (def.kind == OperandKind::required && !op.operand(i))
      return Failure{fmt::format("operand '{}' is missing", def.name)};
    if (def.kind == OperandKind::variadic && i < op.operands.size() && !op.operand(i))
      return Failure{"a variadic operand is absent"};
  }
  return {};
}

Status check_attributes(const Op& op) {
  for (const auto& [name, value] : op.attributes) {
    const AttributeDef* def = op.def->attribute(name);
    if (!def) return Failure{fmt::format("unknown attribute '{}'", name)};
    if (def->kind != kind_of(value))
      return Failure{fmt::format("attribute '{}' must be of kind {}", name, attribute_kind_name(def->kind))};
  }
  for (const AttributeDef& def : op.def->attributes) {
    if (!def.fallback && !op.attributes.count(def.name))
      return Failure{fmt::format("attribute '{}' is missing", def.name)};
  }
  return {};
}

// Infers on a scratch copy of the operator, so that a wrong statement is found and nothing is changed.
Status check_inferred(const Op& op) {
  Op copy;
  copy.def = op.def;
  copy.operands = op.operands;
  copy.attributes = op.attributes;
  for (const auto& region : op.regions) copy.regions.push_back(region->clone());
  std::vector<Value> results(op.results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].type = op.results[i]->type;
    copy.results.push_back(&results[i]);
  }
  if (const Status status = op.def->infer(copy); !status) return status;
  for (size_t i = 0; i < results.size(); ++i) {
    Type inferred = results[i].type;
    const Type& stated = op.results[i]->type;
    const bool integer_form = stated.quantized() && op.def->traits.quantized_form;
    if (integer_form) inferred.element = stated.element;
    if (stated.quantized()) inferred.quant = stated.quant;
    if (inferred != stated) {
      return Failure{
          fmt::format("result {} is stated as {} but inferred as {}", i, type_text(stated), type_text(inferred))};
    }
  }
  return {};
}

}  // namespace

Status verify_quantization(const Type& type) {
  if (!type.quant) return {};
  const Quantization& q = *type.quant;
  if (!is_integer(type.element)) return Failure{"only integer elements can be quantised"};
  if (q.axis >= type.rank())
    return Failure{fmt::format("quantisation axis {} of a tensor of rank {}", q.axis, type.rank())};
  if (q.block < 0 || (q.block > 0 && q.per_tensor()))
    return Failure{"blocks of scales need an axis and a positive size"};
  const auto expected = static_cast<size_t>(scale_count(type));
  if (q.scales.size() != expected || q.zero_points.size() != expected) {
    return Failure{fmt::format("{} scales and {} zero points where {} are needed", q.scales.size(),
                               q.zero_points.size(), expected)};
  }
  for (const double scale : q.scales) {
    if (!std::isfinite(scale) || scale <= 0) return Failure{fmt::format("scale {} is not finite and positive", scale)};
  }
  for (const int64_t zero_point : q.zero_points) {
    if (zero_point < lowest(type.element) || zero_point > highest(type.element)) {
      return Failure{fmt::format("zero point {} is out of range for {}", zero_point, element_name(type.element))};
    }
  }
  return {};
}

Status verify(const Op& op) {
  if (const Status status = check_operands(op); !status) return status;
  if (const Status status = check_attributes(op); !status) return status;
  if (op.results.size() != op.def->results.size())
    return Failure{fmt::format("{} results instead of {}", op.results.size(), op.def->results.size())};
  for (const Value* result : op.results) {
    if (const Status status = verify_quantization(result->type); !status) return status;
  }
  if (const Status status = check_inferred(op); !status) return status;
  if (op.def->verify) return op.def->verify(op);
  return {};
}

Status verify(const Graph& graph) {
  std::set<const Value*> defined;
  std::set<std::string> names;
  const auto define = [&](const Value* value) {
    return defined.insert(value).second && names.insert(value->name).second;
  };
  for (const Value* input : graph.inputs()) {
    if (!define(input)) return Failure{"input '" + input->name + "' is defined twice"};
    if (const Status status = verify_quantization(input->type); !status)
      return Failure{"input '" + input->name + "': " + status.message()};
  }
  for (const auto& op : graph.ops()) {
    const auto problem = [&](const std::string& message) {
      return Failure{message + "\n  in " + print(*op, {.largest_constant = 16})};
    };
    for (const Value* operand : op->operands) {
      if (operand && !defined.count(operand))
        return problem("operand '" + operand->name + "' is used before it is made");
    }
    if (const Status status = verify(*op); !status) return problem(status.message());
    for (const auto& region : op->regions) {
      if (const Status status = verify(*region); !status) return status;
    }
    for (const Value* result : op->results) {
      if (!define(result)) return problem("value '" + result->name + "' is defined twice");
    }
  }
  for (const Value* output : graph.outputs()) {
    if (!defined.count(output)) return Failure{"graph output is not made by this graph"};
  }
  return {};
}

}  // namespace tinyc::ir
