// SPDX-License-Identifier: Apache-2.0
// What: operators that change nothing go, and pairs that one operator can do become one.
// Why: other passes leave them, and look for fewer forms when they are gone.
// Before: transpose(transpose(%x)), reshape(reshape(%x)), %x + 0, %x * 1, concat(%x), transpose of axes of size 1.
// After: one transpose, one reshape, %x, %x, %x, reshape.
// Refuses: what would make a graph output the same value as an input or as another output.
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
  if (!keeps_order(op->operand_type(0).shape, perm)) return false;
  const ir::Type type = op->result_type();
  ir::Builder builder(graph, op);
  builder.set_origin(op->origin);
  Value* made = builder.make("reshape", {op->operand(0)}, {{"shape", type.shape}});
  made->type = type;
  replace_op(graph, op, made);
  return true;
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

bool simplify(ir::Graph& graph, Op* op) {
  if (op->is("transpose")) return simplify_transpose(graph, op);
  if (op->is("reshape")) return simplify_reshape(graph, op);
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
