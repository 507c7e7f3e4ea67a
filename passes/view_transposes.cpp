// SPDX-License-Identifier: Apache-2.0
// What: a transpose that only moves axes of size 1 becomes a reshape.
// Why: no element moves, so it is a view and costs nothing; with one input channel, that is the input's conversion.
// Before: %y = transpose(%x) {perm = [0, 2, 3, 1]} with %x [1,1,49,10].   After: %y = reshape(%x) {[1,49,10,1]}.
// Refuses: transposes that move elements. Runs after assign_layout, which learns the orientation from the transpose.
#include "passes/layout_order.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (ir::Op* op : graph.op_list()) {
    if (!op->is("transpose") || !keeps_order(op->operand_type(0).shape, op->integers("perm"))) continue;
    const ir::Type type = op->result_type();
    ir::Builder builder(graph, op);
    builder.set_origin(op->origin);
    ir::Value* view = builder.make("reshape", {op->operand(0)}, {{"shape", type.shape}});
    view->type = type;
    absorb_op(graph, op, view);
    changed = true;
  }
  return changed;
}

}  // namespace

extern const PassDef view_transposes_pass = {
    .name = "view_transposes",
    .summary = "make reshapes of transposes that move nothing",
    .doc = "A transpose of axes of size 1 keeps all elements in place.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
