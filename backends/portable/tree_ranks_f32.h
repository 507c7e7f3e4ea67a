// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Decision trees in tables of bytes: each feature is first compared with all of its thresholds by a binary search.
#include <numeric>

#include "backends/kernel_support.h"
#include "backends/kernel_trees.h"

namespace tinyc {
namespace portable_tree_ranks_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  if (const auto reason = need_tables(op)) return reason;
  const TreeCodes codes = tree_codes(trees_of(op));
  const auto longest = [](size_t most, const std::vector<int32_t>& keys) { return std::max(most, keys.size()); };
  if (codes.features.size() > 256 || std::accumulate(codes.keys.begin(), codes.keys.end(), size_t{0}, longest) > 256)
    return "needs at most 256 features with 256 thresholds each";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = whole(op);
  needs.scratch_bytes = tree_scratch_bytes(tree_codes(trees_of(op)));
  return needs;
}

inline Built build(const ir::Op& op, const Variant&) {
  const Trees trees = trees_of(op);
  const TreeCodes codes = tree_codes(trees);
  std::vector<uint8_t> tests;
  std::vector<int16_t> nodes, roots(trees.roots.begin(), trees.roots.end());
  for (const TreeBranch& branch : trees.branches) {
    tests.push_back(static_cast<uint8_t>(codes.place(branch.feature)));
    tests.push_back(static_cast<uint8_t>(codes.rank(branch.feature, branch.key)));
    for (const int32_t node : {branch.first, branch.second}) nodes.push_back(static_cast<int16_t>(node));
  }
  if (tests.empty()) tests.push_back(0), nodes.push_back(0);  // arrays of C++ are not empty
  Built built;
  built.geometry = {{"trees", trees.roots.size()}, {"plain", trees.plain}, {"nan", nan_code(trees)}};
  built.constants = {
      packed("tests", "per branch: feature used, at most this rank", tests),
      packed("nodes", "per branch: next node if it holds, next node if not; leaves are ~n", nodes),
      packed("modes", "per branch, where they differ: 1 equal instead, + 2 also NaN", branch_modes(trees)),
      packed("roots", "first node per tree", roots)};
  add_tree_leaves(built, op, trees);
  add_tree_codes(built, codes, true);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const Trees trees = trees_of(op);
  return static_cast<double>(op.operand_type(0).shape[0]) *
         (tree_code_cycles(tree_codes(trees), true, t) +
          tree_cycles(op, trees.visits, 4 * t.load + 6 * t.alu + 2 * t.branch, t));
}

}  // namespace portable_tree_ranks_f32

inline const KernelDef portable_tree_ranks_f32_kernel = {
    .name = "tree_ranks_f32",
    .isa = Isa::portable,
    .ops = {"tree_ensemble"},
    .types = "f32",
    .summary = "decision trees in tables of bytes, over ranks of the features",
    .entry = "tree_ranks_f32",
    .geometry_type = "TreeRanksF32",
    .mean_code_bytes = 300,
    .why_not = portable_tree_ranks_f32::why_not,
    .needs = portable_tree_ranks_f32::needs,
    .build = portable_tree_ranks_f32::build,
    .cycles = portable_tree_ranks_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/trees.h"
#include "runtime-stubs/tinyc_kernel.h"

// single: each leaf is one weight. plain: no modes. aggregate: 0 sum, 1 smallest, 2 largest. codes: features used.
struct TreeRanksF32 {
  int32_t samples, features, targets;
  int32_t single, aggregate;
  int32_t trees, plain, nan;
  int32_t codes, ranks;
};

TINYC_KERNEL void tree_ranks_f32(const TreeRanksF32& g, const Rows& in, const Rows& out, const uint8_t* tests,
                                 const int16_t* nodes, const uint8_t* modes, const int16_t* roots,
                                 const uint16_t* leaves, const uint16_t* parts, const int16_t* weight_targets,
                                 const float* weights, const int16_t* used, const uint16_t* first_keys,
                                 const int32_t* keys, uint8_t* scratch, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* x = row_of<const float>(in, y0);
  float* y = row_of<float>(out, y0);
  int32_t* codes = static_cast<int32_t*>(static_cast<void*>(scratch));
  for (int32_t n = 0; n < g.samples; ++n, x += g.features, y += g.targets) {
    const TreeSums add{y, g.aggregate, leaves, parts, weight_targets, weights};
    tree_codes(x, g.codes, used, true, first_keys, keys, g.nan, codes);
    tree_sums(y, g.targets, g.aggregate, [&] {
      for (int32_t t = 0; t < g.trees; ++t) {
        int32_t node = roots[t];
        while (node >= 0) {
          const int32_t code = codes[tests[2 * node]];
          const bool holds = tree_holds(code, tests[2 * node + 1], g.plain != 0 ? 0 : modes[node]);
          node = nodes[2 * node + (holds ? 0 : 1)];
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
