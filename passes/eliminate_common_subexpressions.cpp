// SPDX-License-Identifier: Apache-2.0
// What: operators that compute the same from the same become one; equal constants too.
// Why: exporters repeat shape arithmetic, scales and transposes; lowering makes a constant per use.
// Before: %a = relu(%x)  %b = relu(%x).   After: uses of %b use %a.
// Refuses: random operators; operators with bodies; two results that are both graph outputs (each keeps its buffer).
#include <map>
#include <tuple>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;

bool same(const Op& a, const Op& b) {
  if (a.def != b.def || a.operands != b.operands || a.attributes != b.attributes) return false;
  for (size_t i = 0; i < a.results.size(); ++i) {
    if (a.results[i]->type != b.results[i]->type) return false;
  }
  return a.results.size() == b.results.size();
}

// Twins share this; few others do. The addresses only group, they decide no order.
using Key = std::tuple<std::string_view, const ir::Value*, int64_t>;
Key key_of(const Op& op) {
  const ir::Value* first = op.operands.empty() ? nullptr : op.operands[0];
  return {op.name(), first, op.results.empty() ? 0 : op.result_type().elements()};
}

bool mergeable(const ir::Graph& graph, const Op& kept, const Op& twin) {
  for (size_t i = 0; i < twin.results.size(); ++i) {
    if (graph.is_output(twin.results[i]) && graph.is_output(kept.results[i])) return false;
  }
  return true;
}

void merge(ir::Graph& graph, Op* kept, Op* twin) {
  merge_origin(kept, twin->origin);
  std::vector<std::pair<ir::Value*, std::string>> outputs;
  for (size_t i = 0; i < twin->results.size(); ++i) {
    if (graph.is_output(twin->results[i])) outputs.push_back({kept->results[i], twin->results[i]->name});
    graph.replace_uses(twin->results[i], kept->results[i]);
  }
  graph.erase(twin);
  for (const auto& [value, name] : outputs) graph.rename(value, name);
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  std::multimap<Key, Op*> seen;
  for (Op* op : graph.op_list()) {
    if (op->def->traits.random || !op->regions.empty()) continue;
    const auto [begin, end] = seen.equal_range(key_of(*op));
    Op* kept = nullptr;
    for (auto entry = begin; entry != end && !kept; ++entry) {
      if (same(*entry->second, *op) && mergeable(graph, *entry->second, *op)) kept = entry->second;
    }
    if (kept) {
      merge(graph, kept, op);
      changed = true;
    } else {
      seen.emplace(key_of(*op), op);
    }
  }
  return changed;
}

}  // namespace

extern const PassDef eliminate_common_subexpressions_pass = {
    .name = "eliminate_common_subexpressions",
    .summary = "compute the same thing once",
    .doc = "Merges operators of one kind with the same operands, attributes and types.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
