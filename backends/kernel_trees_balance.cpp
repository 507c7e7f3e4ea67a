// SPDX-License-Identifier: Apache-2.0
// Trees that ask for one feature only, as binary searches: a chain of n comparisons becomes log2(n) of them.
#include <algorithm>

#include "backends/kernel_trees.h"

namespace tinyc {
namespace {

class Balancer {
 public:
  explicit Balancer(const Trees& trees) : from_(trees) {}

  Trees run() {
    result_.leaves = from_.leaves;
    for (const int32_t root : from_.roots) {
      nodes_.clear();
      collect(root);
      result_.roots.push_back(is_search(root) ? search(root) : copy(root));
    }
    return std::move(result_);
  }

 private:
  const TreeBranch& branch(int32_t node) const { return from_.branches[static_cast<size_t>(node)]; }

  void collect(int32_t root) {
    std::vector<int32_t> open = {root};
    while (!open.empty()) {
      const int32_t node = open.back();
      open.pop_back();
      if (node < 0) continue;
      nodes_.push_back(node);
      open.push_back(branch(node).second);
      open.push_back(branch(node).first);
    }
  }

  // One feature, "at most" everywhere, and NaN on one side: it then goes with the smallest or with the largest numbers.
  bool is_search(int32_t root) const {
    return nodes_.size() > 2 && std::all_of(nodes_.begin(), nodes_.end(), [&](int32_t node) {
             const TreeBranch& one = branch(node);
             return one.feature == branch(root).feature && !one.equal && one.nan_first == branch(root).nan_first;
           });
  }

  int32_t search(int32_t root) {
    std::vector<int32_t> order = nodes_;  // branches by ascending key, one per key
    const auto below = [&](int32_t a, int32_t b) { return branch(a).key < branch(b).key; };
    const auto same = [&](int32_t a, int32_t b) { return branch(a).key == branch(b).key; };
    std::stable_sort(order.begin(), order.end(), below);
    order.erase(std::unique(order.begin(), order.end(), same), order.end());
    return halves(order, leaves_of(root, order), 0, order.size());
  }

  // The leaf of codes up to each key (above the one before), and above all.
  std::vector<int32_t> leaves_of(int32_t root, const std::vector<int32_t>& order) const {
    struct Part {
      int32_t node;
      size_t first, end;  // of the leaves
    };
    std::vector<int32_t> leaves(order.size() + 1);
    std::vector<Part> open = {{root, 0, leaves.size()}};
    const auto below = [&](int32_t a, int32_t b) { return branch(a).key < branch(b).key; };
    while (!open.empty()) {
      const auto [node, first, end] = open.back();
      open.pop_back();
      if (first >= end) continue;
      if (node < 0) {
        std::fill(leaves.begin() + static_cast<std::ptrdiff_t>(first),
                  leaves.begin() + static_cast<std::ptrdiff_t>(end), node);
        continue;
      }
      const auto up_to =
          static_cast<size_t>(std::lower_bound(order.begin(), order.end(), node, below) - order.begin()) + 1;
      open.push_back({branch(node).first, first, std::min(end, up_to)});
      open.push_back({branch(node).second, std::max(first, up_to), end});
    }
    return leaves;
  }

  // The leaves from `first` to `last`, between which lie as many keys.
  int32_t halves(const std::vector<int32_t>& order, const std::vector<int32_t>& leaves, size_t first, size_t last) {
    const auto begin = leaves.begin() + static_cast<std::ptrdiff_t>(first);
    if (std::all_of(begin, leaves.begin() + static_cast<std::ptrdiff_t>(last + 1),
                    [&](int32_t l) { return l == *begin; }))
      return *begin;
    const size_t middle = (first + last - 1) / 2;
    const auto number = static_cast<int32_t>(result_.branches.size());
    result_.branches.push_back(branch(order[middle]));
    const int32_t low = halves(order, leaves, first, middle);
    const int32_t high = halves(order, leaves, middle + 1, last);
    result_.branches[static_cast<size_t>(number)].first = low;
    result_.branches[static_cast<size_t>(number)].second = high;
    return number;
  }

  // As it is, with new numbers.
  int32_t copy(int32_t root) {
    if (root < 0) return root;
    const auto base = static_cast<int32_t>(result_.branches.size());
    std::sort(nodes_.begin(), nodes_.end());
    const auto number = [&](int32_t node) {
      if (node < 0) return node;
      return base + static_cast<int32_t>(std::lower_bound(nodes_.begin(), nodes_.end(), node) - nodes_.begin());
    };
    for (const int32_t node : nodes_) {
      TreeBranch one = branch(node);
      one.first = number(one.first);
      one.second = number(one.second);
      result_.branches.push_back(one);
    }
    return number(root);
  }

  const Trees& from_;
  Trees result_;
  std::vector<int32_t> nodes_;  // branches of the tree at hand
};

}  // namespace

Trees balanced(const Trees& trees) { return Balancer(trees).run(); }

}  // namespace tinyc
