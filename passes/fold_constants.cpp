// SPDX-License-Identifier: Apache-2.0
// What: operators whose operands are all constant are evaluated now.
// Why: exporters write scales, transposed weights and shape arithmetic as operators.
// Before: %w2 = transpose(%w) with %w constant.   After: %w2 = constant.
// Refuses: random operators; dequantize of a constant, whose integers the integer forms want (lower_qdq runs later;
// what is left is folded by fold_dequantized_constants).
#include "ir/fold.h"
#include "passes/pass.h"

namespace tinyc {
namespace {

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (ir::Op* op : graph.op_list()) changed |= ir::fold_constant_op(graph, op);
  return changed;
}

}  // namespace

extern const PassDef fold_constants_pass = {
    .name = "fold_constants",
    .summary = "evaluate operators on constants",
    .doc = "Replaces operators whose operands are all constant by their result.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
