// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Decision trees walked through packed tables.
#include "backends/kernel_support.h"
#include "backends/kernel_trees.h"

namespace tinyc {
namespace portable_tree_ensemble_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_tables(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Trees trees = trees_of(op);
  std::vector<int16_t> branches, roots(trees.roots.begin(), trees.roots.end());
  std::vector<int32_t> keys;
  for (const TreeBranch& branch : trees.branches) {
    for (const int32_t part : {branch.feature, branch.first, branch.second})
      branches.push_back(static_cast<int16_t>(part));
    keys.push_back(branch.key);
  }
  if (keys.empty()) keys.push_back(0), branches.push_back(0);  // arrays of C++ are not empty
  Built built;
  built.geometry = {{"trees", trees.roots.size()}, {"plain", trees.plain}, {"nan", nan_code(trees)}};
  built.constants = {
      packed("branches", "per branch: feature, next node if it holds, next node if not; leaves are ~n", branches),
      packed("thresholds", "per branch: at most this key", keys),
      packed("modes", "per branch, where they differ: 1 equal instead, + 2 also NaN", branch_modes(trees)),
      packed("roots", "first node per tree", roots)};
  add_tree_leaves(built, op, trees);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).shape[0]) *
         tree_cycles(op, trees_of(op).visits, 5 * t.load + 11 * t.alu + 2 * t.branch, t);
}

}  // namespace portable_tree_ensemble_f32

inline const KernelDef portable_tree_ensemble_f32_kernel = {
    .name = "tree_ensemble_f32",
    .isa = Isa::portable,
    .ops = {"tree_ensemble"},
    .types = "f32",
    .summary = "decision trees in tables",
    .entry = "tree_ensemble_f32",
    .geometry_type = "TreeEnsembleF32",
    .mean_code_bytes = 230,
    .why_not = portable_tree_ensemble_f32::why_not,
    .needs = portable_tree_ensemble_f32::needs,
    .build = portable_tree_ensemble_f32::build,
    .cycles = portable_tree_ensemble_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/trees.h"
#include "runtime-stubs/tinyc_kernel.h"

// single: each leaf is one weight. plain: no modes. aggregate: 0 sum, 1 smallest, 2 largest.
struct TreeEnsembleF32 {
  int32_t samples, features, targets;
  int32_t single, aggregate;
  int32_t trees, plain, nan;
};

TINYC_KERNEL void tree_ensemble_f32(const TreeEnsembleF32& g, const Rows& in, const Rows& out, const int16_t* branches,
                                    const int32_t* thresholds, const uint8_t* modes, const int16_t* roots,
                                    const uint16_t* leaves, const uint16_t* parts, const int16_t* weight_targets,
                                    const float* weights, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* x = row_of<const float>(in, y0);
  float* y = row_of<float>(out, y0);
  for (int32_t n = 0; n < g.samples; ++n, x += g.features, y += g.targets) {
    const TreeSums add{y, g.aggregate, leaves, parts, weight_targets, weights};
    tree_sums(y, g.targets, g.aggregate, [&] {
      for (int32_t t = 0; t < g.trees; ++t) {
        int32_t node = roots[t];
        while (node >= 0) {
          const int16_t* branch = branches + 3 * node;
          const int32_t key = tree_key(x[branch[0]], g.nan);
          const bool holds = tree_holds(key, thresholds[node], g.plain != 0 ? 0 : modes[node]);
          node = branch[holds ? 1 : 2];
        }
        if (g.single != 0) {
          add(weights[~node]);
        } else {
          add(~node);
        }
      }
    });
  }
}
