// SPDX-License-Identifier: Apache-2.0
// What: a unary operator is done by the operator before it, as its fused activation.
// Why: one loop over memory less; on integers a clamp costs nothing beside the saturation that is there anyway.
// Before: %c = conv(%x, %w, %b)  %y = relu(%c).   After: %y = conv(%x, %w, %b) {activation = "relu"}.
// A quantised clamp that cannot clamp (relu whose zero point is the lowest integer)
// goes. A unary operator whose operand was only moved is done before the move, to reach its producer.
// Refuses: operands that others read; quantised operators other than relu and clip, or under another quantisation than
// their operand's (those stay tables).
#include "ir/numerics.h"
#include "passes/clamps.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

bool can_fuse(const Op& unary) {
  if (!unary.operand_type(0).quantized())
    return ir::is_float(unary.result_type().element) && !unary.result_type().quantized();
  return clamps_in_place(unary);
}

bool fuse(ir::Graph& graph, Op* unary) {
  Op* maker = unary->operand(0)->producer;
  if (!maker || !maker->def->attribute("activation") || !used_once(graph, maker->result())) return false;
  const FusedActivation inner{maker->text("activation"), maker->reals("activation_args")};
  const std::optional<FusedActivation> both = combined(inner, activation_of_unary(*unary));
  if (!both) return false;
  maker->attributes["activation"] = both->name;
  maker->attributes["activation_args"] = both->args;
  absorb_op(graph, unary, maker->result());
  return true;
}

// relu(transpose(x)) -> transpose(relu(x)).
bool pass_move(ir::Graph& graph, Op* unary) {
  Op* move = unary->operand(0)->producer;
  if (!move || !(move->is("transpose") || move->is("reshape")) || !used_once(graph, move->result())) return false;
  ir::Type type = unary->result_type();
  type.shape = move->operand_type(0).shape;
  Op* earlier = try_copy(graph, *unary, {move->operand(0)}, unary->attributes, {type}, move);
  if (!earlier) return false;
  graph.set_operand(move, 0, earlier->result());
  move->result()->type = unary->result_type();
  replace_op(graph, unary, move->result());
  return true;
}

// Whether the bounds lie outside what the integers can hold.
bool clamps_nothing(const FusedActivation& activation, const ir::Type& type) {
  const std::optional<Clamp> clamp = clamp_of(activation);
  if (!clamp || !type.quantized() || !type.quant->per_tensor()) return false;
  const auto reached = [&](double bound) {
    return ir::quantize(bound, type.quant->scale(), type.quant->zero_point(), type.element);
  };
  return reached(clamp->low) == ir::lowest(type.element) && reached(clamp->high) == ir::highest(type.element);
}

bool drop_idle(ir::Graph& graph, Op* op) {
  if (op->def->attribute("activation") && op->text("activation") != "none" && !op->results.empty()) {
    if (!clamps_nothing({op->text("activation"), op->reals("activation_args")}, op->result_type())) return false;
    op->attributes.erase("activation");
    op->attributes.erase("activation_args");
    return true;
  }
  if (!clamps_in_place(*op)) return false;
  if (!clamps_nothing(activation_of_unary(*op), op->result_type())) return false;
  if (!op->operand(0)->producer && graph.is_output(op->result())) return false;
  replace_op(graph, op, op->operand(0));
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) {
    if (drop_idle(graph, op)) {
      changed = true;
    } else if (is_unary(*op) && can_fuse(*op)) {
      changed |= fuse(graph, op) || pass_move(graph, op);
    }
  }
  return changed;
}

}  // namespace

extern const PassDef fuse_activations_pass = {
    .name = "fuse_activations",
    .summary = "let operators apply the unary operator that follows",
    .doc = "Any unary operator on floats; relu and clip on integers that keep their quantisation.",
    .equality = Equality::float_tolerance,
    .run = run,
};

}  // namespace tinyc
