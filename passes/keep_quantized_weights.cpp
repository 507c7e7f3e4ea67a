// SPDX-License-Identifier: Apache-2.0
// What: a float layer reads its weights as the integers they are stored as.
// Why: dequantised, they take four to eight times the flash; a scale per output costs one multiplication per result.
// Before: %w = dequantize(%q)  %y = conv(%x, %w) with %q constant.   After: %y = conv(%x, %q).
// Refuses: scales along other axes than the outputs' (fully_connected: also blocks along the inputs), operators without
// such a kernel on this target. Runs after lower_qdq, which wants whole layers on integers.
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

bool keep(ir::Graph& graph, ir::Op* op, const PassContext& context) {
  ir::Value* weights = op->operand(1);
  const ir::Op* dequantize = weights->producer;
  if (!dequantize || !dequantize->is("dequantize") || !ir::constant_data(dequantize->operand(0))) return false;
  std::vector<ir::Value*> operands = op->operands;
  operands[1] = dequantize->operand(0);
  ir::Op* made = try_copy(graph, *op, std::move(operands), op->attributes, {op->result_type()}, op);
  if (!made) return false;
  if (context.has_kernel && !context.has_kernel(*made)) {
    graph.erase(made);
    return false;
  }
  absorb_op(graph, op, made->result());
  return true;
}

bool run(ir::Graph& graph, PassContext& context) {
  bool changed = false;
  for (ir::Op* op : graph.op_list()) {
    const bool layer = op->is("conv") || op->is("fully_connected");
    if (layer && ir::is_float(op->operand_type(0).element)) changed |= keep(graph, op, context);
  }
  return changed;
}

}  // namespace

extern const PassDef keep_quantized_weights_pass = {
    .name = "keep_quantized_weights",
    .summary = "let float layers read integer weights",
    .doc = "Convolutions and fully connected layers take quantised constants and scale their sums.",
    .equality = Equality::float_tolerance,
    .run = run,
};

}  // namespace tinyc
