// SPDX-License-Identifier: Apache-2.0
// What: operators whose results nobody uses go away.
// Why: exporters leave dead nodes, and other passes leave what they replaced.
// Refuses: nothing; no operator of the IR has side effects.
#include "passes/pass.h"

namespace tinyc {
namespace {

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  std::vector<ir::Op*> ops = graph.op_list();
  for (auto op = ops.rbegin(); op != ops.rend(); ++op) {  // users come after producers, so one sweep suffices
    bool used = false;
    for (const ir::Value* result : (*op)->results) used |= graph.has_uses(result);
    if (used) continue;
    graph.erase(*op);
    changed = true;
  }
  return changed;
}

}  // namespace

extern const PassDef eliminate_dead_code_pass = {
    .name = "eliminate_dead_code",
    .summary = "remove operators whose results are not used",
    .doc = "Removes operators that do not contribute to a graph output.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
