// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Decision trees as nested ifs over integers in the order of the features: for cores without an FPU, and for little
// code.
#include "backends/kernel_support.h"
#include "backends/kernel_trees.h"

namespace tinyc {
namespace portable_tree_code_ordered_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_tree_code(op); }

// Parameter: whether features become ranks among their thresholds, which are smaller constants.
inline std::vector<Variant> variants(const ir::Op&) { return {{"keys", {0}}, {"ranks", {1}}}; }
inline bool has_ranks(const Variant& variant) { return variant.parameters[0] != 0; }

inline Needs needs(const ir::Op& op, const Variant&) {
  Needs needs = whole(op);
  needs.scratch_bytes = tree_scratch_bytes(tree_codes(trees_of(op)));
  return needs;
}

inline Built build(const ir::Op& op, const Variant& variant) {
  const Trees trees = trees_of(op);
  const TreeCodes codes = tree_codes(trees);
  Built built;
  built.geometry = {{"nan", nan_code(trees)}};
  add_tree_leaves(built, op, trees);
  add_tree_codes(built, codes, has_ranks(variant));
  add_tree_functions(built, trees, codes, has_ranks(variant) ? TreeForm::ranks : TreeForm::keys);
  return built;
}

inline double cycles(const ir::Op& op, const Variant& variant, const CoreTiming& t) {
  const Trees trees = trees_of(op);
  const double visit = (has_ranks(variant) ? 1 : 2) * t.load + t.alu + t.branch;
  return static_cast<double>(op.operand_type(0).shape[0]) *
         (tree_code_cycles(tree_codes(trees), has_ranks(variant), t) + tree_cycles(op, trees.visits, visit, t));
}

inline int code_bytes(const ir::Op& op, const Variant& variant) {
  const Trees trees = trees_of(op);
  return static_cast<int>(140 + (has_ranks(variant) ? 8 : 14) * trees.branches.size() + tree_leaf_bytes(trees));
}

}  // namespace portable_tree_code_ordered_f32

inline const KernelDef portable_tree_code_ordered_f32_kernel = {
    .name = "tree_code_ordered_f32",
    .isa = Isa::portable,
    .ops = {"tree_ensemble"},
    .types = "f32",
    .summary = "decision trees as nested ifs over integers",
    .entry = "tree_code_ordered_f32",
    .geometry_type = "TreeCodeOrderedF32",
    .why_not = portable_tree_code_ordered_f32::why_not,
    .variants = portable_tree_code_ordered_f32::variants,
    .needs = portable_tree_code_ordered_f32::needs,
    .build = portable_tree_code_ordered_f32::build,
    .cycles = portable_tree_code_ordered_f32::cycles,
    .layer_code_bytes = portable_tree_code_ordered_f32::code_bytes,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/trees.h"
#include "runtime-stubs/tinyc_kernel.h"

// single: each leaf is one weight. aggregate: 0 sum, 1 smallest, 2 largest. codes: features used.
struct TreeCodeOrderedF32 {
  int32_t samples, features, targets;
  int32_t single, aggregate;
  int32_t nan;
  int32_t codes, ranks;
};

template <class Trees>
TINYC_KERNEL void tree_code_ordered_f32(const TreeCodeOrderedF32& g, const Rows& in, const Rows& out,
                                        const uint16_t* leaves, const uint16_t* parts, const int16_t* weight_targets,
                                        const float* weights, const int16_t* used, const uint16_t* first_keys,
                                        const int32_t* keys, uint8_t* scratch, Trees trees, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* x = row_of<const float>(in, y0);
  float* y = row_of<float>(out, y0);
  int32_t* codes = static_cast<int32_t*>(static_cast<void*>(scratch));
  for (int32_t n = 0; n < g.samples; ++n, x += g.features, y += g.targets) {
    const TreeSums add{y, g.aggregate, leaves, parts, weight_targets, weights};
    tree_codes(x, g.codes, used, g.ranks != 0, first_keys, keys, g.nan, codes);
    tree_sums(y, g.targets, g.aggregate, [&] { trees(codes, add); });
  }
}
