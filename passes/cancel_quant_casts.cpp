// SPDX-License-Identifier: Apache-2.0
// What: chains of quant_cast become one or none; a graph input that is only ever seen under one quantisation takes it
// as its own type, and so does a graph output that a quant_cast strips.
// Why: ONNX keeps scales beside the tensors, so every tensor between two quantised nodes is stripped and cast again.
// Before: %a = quantize(%x) q(0.1, 0)  %b = quant_cast(%a) : i8  %c = quant_cast(%b) q(0.1, 0).   After: uses of %c use
// %a.
// Refuses: casts between two different quantisations (they reinterpret), inputs seen under two quantisations, outputs
// that are graph inputs. Elements never change, so no bit seen from outside does.
#include "ir/fold.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

bool is_cast(const ir::Op* op) { return op && op->is("quant_cast"); }

bool cancel(ir::Graph& graph, ir::Op* cast) {
  if (ir::fold_constant_op(graph, cast)) return true;
  ir::Value* source = cast->operand(0);
  ir::Op* maker = source->producer;
  if (is_cast(maker)) {
    // The inner cast only hid the value under it.
    graph.set_operand(cast, 0, maker->operand(0));
    if (!graph.has_uses(source)) replace_op(graph, maker, maker->operand(0));
    cancel(graph, cast);
    return true;
  }
  if (source->type != cast->result_type()) return false;
  if (graph.is_output(cast->result()) && (!source->producer || graph.is_output(source))) return false;
  replace_op(graph, cast, source);
  return true;
}

// The quantisation that every user of a plain input sees, if it is one.
const ir::Type* seen_type(const ir::Graph& graph, const ir::Value* input) {
  if (input->type.quantized() || input->users.empty() || graph.is_output(input)) return nullptr;
  const ir::Type* seen = nullptr;
  for (const ir::Op* user : input->users) {
    if (!is_cast(user) || !user->result_type().quantized() || graph.is_output(user->result())) return nullptr;
    if (seen && *seen != user->result_type()) return nullptr;
    seen = &user->result_type();
  }
  return seen;
}

bool quantize_input(ir::Graph& graph, ir::Value* input) {
  const ir::Type* seen = seen_type(graph, input);
  if (!seen) return false;
  input->type = *seen;
  const std::vector<ir::Op*> casts = input->users;
  for (ir::Op* cast : casts) replace_op(graph, cast, input);
  return true;
}

// The caller of the model gets the same integers either way; the type tells it what they stand for.
bool quantize_output(ir::Graph& graph, size_t index) {
  ir::Op* cast = graph.outputs()[index]->producer;
  if (!is_cast(cast) || cast->result_type().quantized()) return false;
  ir::Value* source = cast->operand(0);
  if (!source->producer || !source->type.quantized() || graph.is_output(source)) return false;
  const std::string name = cast->result()->name;
  graph.set_output(index, source);
  if (graph.is_output(cast->result())) return true;
  graph.rename(cast->result(), name + "_integers");
  graph.rename(source, name);
  if (!graph.has_uses(cast->result())) graph.erase(cast);
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (ir::Op* op : graph.op_list()) {
    if (is_cast(op)) changed |= cancel(graph, op);
  }
  for (ir::Value* input : graph.inputs()) changed |= quantize_input(graph, input);
  for (size_t i = 0; i < graph.outputs().size(); ++i) changed |= quantize_output(graph, i);
  return changed;
}

}  // namespace

extern const PassDef cancel_quant_casts_pass = {
    .name = "cancel_quant_casts",
    .summary = "remove casts between a tensor and its quantised view",
    .doc =
        "Collapses chains of quant_cast and lets graph inputs and outputs carry the quantisation they are used with.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
