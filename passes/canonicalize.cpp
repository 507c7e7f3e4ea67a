// SPDX-License-Identifier: Apache-2.0
// What: operators that change nothing go, and pairs that one operator can do become one.
// Why: other passes leave them, and look for fewer forms when they are gone.
// Before: transpose(transpose(%x)), reshape(reshape(%x)), %x + 0, %x * 1, concat(%x), clip(relu(%x)).
// After: one transpose, one reshape, %x, %x, %x, one clip.
// Refuses: transposes that only move axes of size 1, because assign_layout learns from them (view_transposes); what
// would make a graph output the same value as an input or as another output.
#include "passes/clamps.h"
#include "passes/layout_order.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

bool drop(ir::Graph& graph, Op* op) {
  Value* operand = op->operand(0);
  if (operand->type != op->result_type()) return false;
  if (graph.is_output(op->result()) && (!operand->producer || graph.is_output(operand))) return false;
  replace_op(graph, op, operand);
  return true;
}

bool simplify_transpose(ir::Graph& graph, Op* op) {
  const Permutation& perm = op->integers("perm");
  if (is_identity(perm)) return drop(graph, op);
  Op* inner = op->operand(0)->producer;
  if (inner && inner->is("transpose")) {
    op->attributes["perm"] = composed(inner->integers("perm"), perm);
    graph.set_operand(op, 0, inner->operand(0));
    merge_origin(op, inner->origin);
    return true;
  }
  return false;
}

// Also the shape in between does not matter when the elements of a transpose stay where they are.
bool simplify_reshape(ir::Graph& graph, Op* op) {
  if (drop(graph, op)) return true;
  Op* inner = op->operand(0)->producer;
  if (!inner || !inner->is("reshape")) return false;
  graph.set_operand(op, 0, inner->operand(0));
  merge_origin(op, inner->origin);
  return true;
}

// x + 0, x - 0, x * 1, x / 1 on floats.
bool simplify_binary(ir::Graph& graph, Op* op) {
  const bool sum = op->is("add") || op->is("sub");
  if (!sum && !op->is("mul") && !op->is("div")) return false;
  if (!ir::is_float(op->operand_type(0).element) || op->text("activation") != "none") return false;
  for (const size_t constant : {1, 0}) {
    if (constant == 0 && !op->def->traits.commutative) break;
    const ir::Tensor* data = ir::constant_data(op->operand(constant));
    if (!data || uniform_value(*data) != (sum ? 0 : 1)) continue;
    Value* other = op->operand(1 - constant);
    if (other->type != op->result_type()) continue;
    if (graph.is_output(op->result()) && (!other->producer || graph.is_output(other))) continue;
    replace_op(graph, op, other);
    return true;
  }
  return false;
}

// clip(relu(x)) is one clip.
bool merge_clamps(ir::Graph& graph, Op* outer) {
  Op* inner = outer->operand(0)->producer;
  const auto one_type = [](const Op& op) { return op.operand_type(0) == op.result_type(); };
  if (!inner || !is_unary(*inner) || !used_once(graph, inner->result()) || !one_type(*inner) || !one_type(*outer))
    return false;
  const auto both = combined(activation_of_unary(*inner), activation_of_unary(*outer));
  if (!both) return false;
  ir::Builder builder(graph, outer);
  builder.set_origin(inner->origin);
  ir::Attributes attributes;
  if (both->name == "clip") attributes = {{"min", both->args[0]}, {"max", both->args[1]}};
  Value* merged = builder.make(both->name, {inner->operand(0)}, std::move(attributes));
  merged->type = outer->result_type();
  absorb_op(graph, outer, merged);
  graph.erase(inner);
  return true;
}

bool simplify(ir::Graph& graph, Op* op) {
  if (op->is("transpose")) return simplify_transpose(graph, op);
  if (op->is("reshape")) return simplify_reshape(graph, op);
  if (is_unary(*op)) return merge_clamps(graph, op);
  if (op->def->binary) return simplify_binary(graph, op);
  if (op->is("concat") && op->operands.size() == 1) return drop(graph, op);
  if (op->is("expand") || op->is("cast")) return drop(graph, op);
  return false;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) changed |= simplify(graph, op);
  return changed;
}

}  // namespace

extern const PassDef canonicalize_pass = {
    .name = "canonicalize",
    .summary = "remove operators that change nothing and merge pairs",
    .doc = "Merges transposes and reshapes, drops additions of 0, products with 1, joins of one tensor.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
