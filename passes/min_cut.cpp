// SPDX-License-Identifier: Apache-2.0
#include "passes/min_cut.h"

#include <algorithm>
#include <limits>

#include "compiler/support/diagnostics.h"

namespace tinyc {

// Variables on the sink's side of the cut are true.
MinCut::MinCut(int variables)
    : source_(variables),
      sink_(variables + 1),
      out_(static_cast<size_t>(variables) + 2),
      bias_(static_cast<size_t>(variables), 0) {}

void MinCut::connect(int from, int to, int64_t capacity) {
  out_[static_cast<size_t>(from)].push_back(static_cast<int>(edges_.size()));
  edges_.push_back({to, capacity});
  out_[static_cast<size_t>(to)].push_back(static_cast<int>(edges_.size()));
  edges_.push_back({from, 0});
}

void MinCut::add(int variable, int64_t cost_false, int64_t cost_true) {
  bias_[static_cast<size_t>(variable)] += cost_true - cost_false;
}

// cost = constant + (c10 - c00) a + (c11 - c10) b + (c01 + c10 - c00 - c11) (not a) b
void MinCut::add(int a, int b, const PairCost& cost) {
  TINYC_CHECK(expressible(cost) && a != b);
  add(a, 0, cost[1][0] - cost[0][0]);
  add(b, 0, cost[1][1] - cost[1][0]);
  const int64_t together = cost[0][1] + cost[1][0] - cost[0][0] - cost[1][1];
  if (together > 0) connect(a, b, together);
}

bool MinCut::find_levels() {
  level_.assign(out_.size(), -1);
  level_[static_cast<size_t>(source_)] = 0;
  std::vector<int> queue = {source_};
  for (size_t at = 0; at < queue.size(); ++at) {
    for (const int index : out_[static_cast<size_t>(queue[at])]) {
      const Edge& edge = edges_[static_cast<size_t>(index)];
      if (edge.capacity <= 0 || level_[static_cast<size_t>(edge.to)] >= 0) continue;
      level_[static_cast<size_t>(edge.to)] = level_[static_cast<size_t>(queue[at])] + 1;
      queue.push_back(edge.to);
    }
  }
  return level_[static_cast<size_t>(sink_)] >= 0;
}

int64_t MinCut::push(int node, int64_t limit) {
  if (node == sink_) return limit;
  const auto at = static_cast<size_t>(node);
  for (size_t& i = next_[at]; i < out_[at].size(); ++i) {
    const auto index = static_cast<size_t>(out_[at][i]);
    const Edge edge = edges_[index];
    if (edge.capacity <= 0 || level_[static_cast<size_t>(edge.to)] != level_[at] + 1) continue;
    const int64_t pushed = push(edge.to, std::min(limit, edge.capacity));
    if (pushed == 0) continue;
    edges_[index].capacity -= pushed;
    edges_[index ^ 1].capacity += pushed;
    return pushed;
  }
  return 0;
}

std::vector<bool> MinCut::solve() {
  for (size_t v = 0; v < bias_.size(); ++v) {
    if (bias_[v] > 0) connect(source_, static_cast<int>(v), bias_[v]);
    if (bias_[v] < 0) connect(static_cast<int>(v), sink_, -bias_[v]);
    bias_[v] = 0;
  }
  while (find_levels()) {
    next_.assign(out_.size(), 0);
    while (push(source_, std::numeric_limits<int64_t>::max()) > 0) {
    }
  }
  // True: what can still reach the sink. That is the smallest such set.
  std::vector<bool> reaches(out_.size(), false);
  reaches[static_cast<size_t>(sink_)] = true;
  std::vector<int> queue = {sink_};
  for (size_t at = 0; at < queue.size(); ++at) {
    for (const int index : out_[static_cast<size_t>(queue[at])]) {
      const int from = edges_[static_cast<size_t>(index)].to;
      if (edges_[static_cast<size_t>(index ^ 1)].capacity <= 0 || reaches[static_cast<size_t>(from)]) continue;
      reaches[static_cast<size_t>(from)] = true;
      queue.push_back(from);
    }
  }
  reaches.resize(out_.size() - 2);
  return reaches;
}

}  // namespace tinyc
