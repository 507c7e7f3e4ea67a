// SPDX-License-Identifier: Apache-2.0
// What: float operators between dequantize and quantize become operators on the integers.
// Why: QDQ models describe integer arithmetic that way; nobody means the floats to be computed.
// Before: %d = dequantize(%q)  %c = conv(%d, dequantize(%w), dequantize(%b))  %y = quantize(%c).
// After: %y = conv(%q, %w, %b), with y's quantisation as its type and the bias in units of scale_x * scale_w.
// arg_max and arg_min of dequantized integers look at the integers. A relu or clip before the quantize is done after
// it, on integers, where it is exact and can be fused. Refuses: operands that are neither dequantized nor constants
// with an exact integer form; operators without integer arithmetic, or without a kernel for it on this target; ratios
// of scales that fixed point cannot hold. A float operator that others read stays beside the new one.
#include "passes/lower_qdq_operands.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Type;
using ir::Value;

// dequantize -> quantize: nothing if both agree, else one rounding on the integers.
bool requantize(ir::Graph& graph, Op* quantize) {
  Value* integers = quantize->operand(0)->producer->operand(0);
  const Type& wanted = quantize->result_type();
  if (integers->type == wanted && !(graph.is_output(quantize->result()) && graph.is_output(integers))) {
    replace_op(graph, quantize, integers);
    return true;
  }
  if (!scales_fit(*quantize, {integers->type}, wanted)) return false;
  graph.set_operand(quantize, 0, integers);
  return true;
}

// quantize is monotone, so it may come before a clamp; the clamp's bounds are then quantised like any number.
Op* quantize_before_clamp(ir::Graph& graph, Op* quantize) {
  Op* clamp = quantize->operand(0)->producer;
  if (!(clamp->is("relu") || clamp->is("clip")) || !quantize->result_type().quant->per_tensor()) return nullptr;
  const Type& wanted = quantize->result_type();
  Op* first = try_copy(graph, *quantize, {clamp->operand(0)}, {}, {wanted}, quantize);
  Op* second = try_copy(graph, *clamp, {first->result()}, clamp->attributes, {wanted}, quantize);
  if (!second) {
    graph.erase(first);
    return nullptr;
  }
  absorb_op(graph, quantize, second->result());
  return first;
}

// The results of a float operator, now read as what they are dequantized from; quantize above them is then done by
// `requantize`.
void read_integers(ir::Graph& graph, Op* op, const Op* integer) {
  for (size_t i = 0; i < op->results.size(); ++i) {
    if (op->results[i]->users.empty()) continue;
    ir::Builder builder(graph, op);
    graph.replace_uses(op->results[i], builder.make("dequantize", {integer->results[i]}));
  }
}

// A pad copies integers as they are; move_quantization takes it where that is right.
bool lowerable(const Op* op) {
  return op && op->def->traits.quantized_form && !op->operands.empty() && !op->is("quantize") &&
         !op->is("quant_cast") && !op->is("pad") && !op->result_type().quantized();
}

bool lower(ir::Graph& graph, Op* quantize, const PassContext& context) {
  Op* op = quantize->operand(0)->producer;
  if (!lowerable(op)) return false;
  const bool several = op->results.size() > 1;
  const std::optional<std::vector<Type>> wanted =
      several ? integer_results(graph, *op) : std::vector<Type>{quantize->result_type()};
  if (!wanted) return false;
  std::vector<Op*> constants;  // made here
  std::optional<std::vector<Value*>> operands = integer_operands(graph, op, constants);
  Op* integer = nullptr;
  if (operands) {
    std::vector<Type> types;
    for (size_t i = 0; i < operands->size(); ++i) {
      if ((*operands)[i] && (*operands)[i]->type.quantized()) types.push_back((*operands)[i]->type);
    }
    // Before `op`, so that the integer operator stands where the float one did.
    const auto fits = [&](const Type& result) { return scales_fit(*op, types, result); };
    if (several || fits(wanted->front())) integer = try_copy(graph, *op, *operands, op->attributes, *wanted, op);
    if (integer && context.has_kernel && !context.has_kernel(*integer)) {
      graph.erase(integer);
      integer = nullptr;
    }
  }
  if (!integer) {
    for (Op* constant : constants) graph.erase(constant);
    return false;
  }
  if (several) {
    read_integers(graph, op, integer);
    return requantize(graph, quantize);
  }
  absorb_op(graph, quantize, integer->result());
  return true;
}

bool process(ir::Graph& graph, Op* quantize, const PassContext& context) {
  if (!quantize->operand(0)->producer || quantize->operand_type(0).quantized()) return false;
  if (quantize->operand(0)->producer->is("dequantize")) return requantize(graph, quantize);
  if (lower(graph, quantize, context)) return true;
  Op* earlier = quantize_before_clamp(graph, quantize);
  if (!earlier) return false;
  process(graph, earlier, context);
  return true;
}

// The position of an extreme is the same among the integers, as long as no two of them are one float.
bool find_position(ir::Graph& graph, Op* op) {
  const Op* dequantize = op->operand(0)->producer;
  if (!dequantize || !dequantize->is("dequantize")) return false;
  const Type& integers = dequantize->operand_type(0);
  if (!integers.quant->per_tensor() || ir::element_bits(integers.element) > 16) return false;
  graph.set_operand(op, 0, dequantize->operand(0));
  return true;
}

bool run(ir::Graph& graph, PassContext& context) {
  bool changed = false;
  for (Op* op : graph.op_list()) {
    if (op->is("quantize")) {
      changed |= process(graph, op, context);
    } else if (op->is("arg_max") || op->is("arg_min")) {
      changed |= find_position(graph, op);
    }
  }
  return changed;
}

}  // namespace

extern const PassDef lower_qdq_pass = {
    .name = "lower_qdq",
    .summary = "turn dequantize -> operator -> quantize into integer arithmetic",
    .doc =
        "Every operator with an integer form whose operands are dequantized and whose result is quantized works on the "
        "integers instead.",
    .equality = Equality::qdq_to_integer,
    .run = run,
};

}  // namespace tinyc
