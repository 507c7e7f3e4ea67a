// SPDX-License-Identifier: Apache-2.0
// Cheapest assignment of true or false to variables, where each costs something by itself and pairs cost something
// together. Exact, by a minimum cut (Dinic), for pairs that prefer to agree.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tinyc {

class MinCut {
 public:
  using PairCost = std::array<std::array<int64_t, 2>, 2>;  // [value of a][value of b]

  explicit MinCut(int variables);
  void add(int variable, int64_t cost_false, int64_t cost_true);
  // Whether a cut can express the cost: cost[0][0] + cost[1][1] <= cost[0][1] + cost[1][0].
  static bool expressible(const PairCost& cost) { return cost[0][0] + cost[1][1] <= cost[0][1] + cost[1][0]; }
  void add(int a, int b, const PairCost& cost);
  // Among the cheapest assignments the one with the fewest true variables.
  std::vector<bool> solve();

 private:
  struct Edge {
    int to;
    int64_t capacity;
  };
  void connect(int from, int to, int64_t capacity);
  bool find_levels();
  int64_t push(int node, int64_t limit);

  int source_, sink_;
  std::vector<Edge> edges_;  // edge i and its reverse i ^ 1
  std::vector<std::vector<int>> out_;
  std::vector<int64_t> bias_;  // cost of true minus cost of false
  std::vector<int> level_;
  std::vector<size_t> next_;
};

}  // namespace tinyc
