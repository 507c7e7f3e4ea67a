// SPDX-License-Identifier: Apache-2.0
// What: dequantize of a constant becomes a float constant.
// Why: float operators that lower_qdq left alone should not convert their weights at run time.
// Before: %w = dequantize(%c) with %c constant.   After: %w = constant.
// Refuses: nothing. Runs after lower_qdq, which wants the integers; trades flash (4 bytes a weight) for time.
#include "ir/fold.h"
#include "passes/pass.h"

namespace tinyc {
namespace {

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (ir::Op* op : graph.op_list()) changed |= ir::fold_constant_op(graph, op, true);
  return changed;
}

}  // namespace

extern const PassDef fold_dequantized_constants_pass = {
    .name = "fold_dequantized_constants",
    .summary = "make float constants of integers that no integer operator wants",
    .doc = "Evaluates what depends on constants only, dequantize included.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
