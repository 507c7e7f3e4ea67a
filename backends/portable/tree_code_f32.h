// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Decision trees as nested ifs over the features themselves.
#include "backends/kernel_support.h"
#include "backends/kernel_trees.h"

namespace tinyc {
namespace portable_tree_code_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_tree_code(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const Trees trees = trees_of(op);
  Built built;
  add_tree_leaves(built, op, trees);
  add_tree_functions(built, trees, {}, TreeForm::floats);
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).shape[0]) *
         tree_cycles(op, trees_of(op).visits, 2 * t.load + 1.5 * t.float_add + t.alu + t.branch, t);
}

// Fitted: load, constant, comparison, move of flags and jump, or a call of the comparison.
inline int code_bytes(const ir::Op& op, const Variant&) {
  const Trees trees = trees_of(op);
  return static_cast<int>(80 + 20 * trees.branches.size() + tree_leaf_bytes(trees));
}

}  // namespace portable_tree_code_f32

inline const KernelDef portable_tree_code_f32_kernel = {
    .name = "tree_code_f32",
    .isa = Isa::portable,
    .ops = {"tree_ensemble"},
    .types = "f32",
    .summary = "decision trees as nested ifs",
    .entry = "tree_code_f32",
    .geometry_type = "TreeCodeF32",
    .why_not = portable_tree_code_f32::why_not,
    .needs = portable_tree_code_f32::needs,
    .build = portable_tree_code_f32::build,
    .cycles = portable_tree_code_f32::cycles,
    .layer_code_bytes = portable_tree_code_f32::code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/trees.h"
#include "runtime-stubs/tinyc_kernel.h"

// single: each leaf is one weight. aggregate: 0 sum, 1 smallest, 2 largest.
struct TreeCodeF32 {
  int32_t samples, features, targets;
  int32_t single, aggregate;
};

template <class Trees>
TINYC_KERNEL void tree_code_f32(const TreeCodeF32& g, const Rows& in, const Rows& out, const uint16_t* leaves,
                                const uint16_t* parts, const int16_t* weight_targets, const float* weights, Trees trees,
                                int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* x = row_of<const float>(in, y0);
  float* y = row_of<float>(out, y0);
  for (int32_t n = 0; n < g.samples; ++n, x += g.features, y += g.targets) {
    const TreeSums add{y, g.aggregate, leaves, parts, weight_targets, weights};
    tree_sums(y, g.targets, g.aggregate, [&] { trees(x, add); });
  }
}
