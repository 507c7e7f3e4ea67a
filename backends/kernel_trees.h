// SPDX-License-Identifier: Apache-2.0
// What the kernels of tree_ensemble have in common: trees with integer thresholds, and the functions they become.
//
// Comparisons of floats become comparisons of integers with the same result. A *key* is an integer in the order of
// floats (shared/trees.h); a *rank* is the number of thresholds of that feature, over all trees, below a key.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/kernel.h"

namespace tinyc {

// Holds where the feature's key is at most the branch's (or equals it), and for NaN if `nan_first`.
struct TreeBranch {
  int32_t feature, key;
  bool equal, nan_first;
  int32_t first, second;  // where it holds, and where not: branches, or leaves as ~n
  // As in the operator, for comparisons of floats.
  float threshold;
  int32_t mode;
};

using TreeLeaf = std::vector<std::pair<int32_t, float>>;  // target and weight

struct Trees {
  std::vector<TreeBranch> branches;
  std::vector<int32_t> roots;
  std::vector<TreeLeaf> leaves;  // all different
  bool single = false;           // one target, one weight in each leaf
  bool plain = false;            // all branches are of one kind: "at most", and alike for NaN
  bool nan_first = false;        // of all branches, where plain
  double visits = 0;             // branches on the way through all trees, if either side is as likely
};
Trees trees_of(const ir::Op& op);
// Branches, roots and leaves only: trees over one feature as binary searches, without branches that decide nothing.
// Every branch is reached from one root. (kernel_trees_balance.cpp)
Trees balanced(const Trees& trees);

// Features that some branch asks for, and the thresholds of each in order.
struct TreeCodes {
  std::vector<int32_t> features;
  std::vector<std::vector<int32_t>> keys;
  int32_t place(int32_t feature) const;              // in the list above
  int32_t rank(int32_t feature, int32_t key) const;  // of a threshold
  int64_t key_count() const;
};
TreeCodes tree_codes(const Trees& trees);

// Members and constants that all kernels have: sizes, leaves and their weights.
void add_tree_leaves(Built& built, const ir::Op& op, const Trees& trees);
// Constants of the rank tables: features, first key per feature (one more at the end), keys; dummies without ranks.
void add_tree_codes(Built& built, const TreeCodes& codes, bool ranks);

enum class TreeForm : uint8_t { floats, keys, ranks };
// Functions of nested ifs, one per tree, and one that hands the leaf of each to `add`.
void add_tree_functions(Built& built, const Trees& trees, const TreeCodes& codes, TreeForm form);

// Why the trees do not fit the tables' 16-bit numbers, or have no order: thresholds that are NaN.
std::optional<std::string> need_tables(const ir::Op& op);
// The same for nested ifs, of which compilers take only so many, and only so deep.
std::optional<std::string> need_tree_code(const ir::Op& op);

// What NaN is as a code.
int32_t nan_code(const Trees& trees);
// Per branch, unless they are plain: 1 "equal", 2 holds for NaN.
std::vector<uint8_t> branch_modes(const Trees& trees);
int64_t tree_scratch_bytes(const TreeCodes& codes);

// Estimates for one sample: making the codes; the walk and its sums.
double tree_code_cycles(const TreeCodes& codes, bool ranks, const CoreTiming& timing);
double tree_cycles(const ir::Op& op, double visits, double cycles_per_visit, const CoreTiming& timing);
// Machine code of the leaves of nested ifs.
int64_t tree_leaf_bytes(const Trees& trees);

}  // namespace tinyc
