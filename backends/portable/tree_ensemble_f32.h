// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// Decision trees walked through packed tables.
#include <cmath>

#include "backends/kernel_support.h"

namespace tinyc {
namespace portable_tree_ensemble_f32 {

inline const ir::Tensor& table(const ir::Op& op, size_t operand) { return *ir::constant_data(op.operand(operand)); }

inline std::optional<std::string> why_not(const ir::Op& op) {
  for (const size_t operand : {size_t{2}, size_t{6}}) {
    if (table(op, operand).size() > 65535) return "needs at most 65,535 branches and weights";
  }
  if (table(op, 2).size() > 32767 || table(op, 4).shape()[0] > 32767 || op.operand_type(0).shape[1] > 32767)
    return "needs at most 32,767 branches, leaves and features";
  return std::nullopt;
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

// All leaves have one weight, in order, for target 0.
inline bool one_weight_each(const ir::Op& op) {
  const ir::Tensor& leaves = table(op, 4);
  if (op.integer("targets") != 1) return false;
  for (int64_t i = 0; i < leaves.shape()[0]; ++i) {
    if (leaves.integer(i * 2) != i || leaves.integer(i * 2 + 1) != 1) return false;
  }
  return true;
}

// Modes of all branches: the one that all have, or -1.
inline int64_t common_mode(const ir::Tensor& branches) {
  const int64_t count = branches.shape()[0];
  for (int64_t i = 1; i < count; ++i) {
    if (branches.integer(i * 4 + 3) != branches.integer(3)) return -1;
  }
  return count == 0 ? 0 : branches.integer(3);
}

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Tensor& branches = table(op, 1);
  const ir::Tensor& leaves = table(op, 4);
  const int64_t mode = common_mode(branches);
  const bool single = one_weight_each(op);
  std::vector<int16_t> nodes, roots, targets;
  std::vector<uint8_t> modes;
  std::vector<int32_t> firsts;
  std::vector<float> thresholds, weights;
  for (int64_t i = 0; i < branches.shape()[0]; ++i) {
    for (int64_t k = 0; k < 3; ++k) nodes.push_back(static_cast<int16_t>(branches.integer(i * 4 + k)));
    if (mode < 0) modes.push_back(static_cast<uint8_t>(branches.integer(i * 4 + 3)));
    thresholds.push_back(static_cast<float>(table(op, 2).real(i)));
  }
  for (const int64_t root : table(op, 3).integers()) roots.push_back(static_cast<int16_t>(root));
  for (const double weight : table(op, 6).reals()) weights.push_back(static_cast<float>(weight));
  if (!single) {
    for (int64_t i = 0; i < leaves.shape()[0]; ++i) {
      firsts.push_back(static_cast<int32_t>(leaves.integer(i * 2)));
      firsts.push_back(static_cast<int32_t>(leaves.integer(i * 2 + 1)));
    }
    for (const int64_t target : table(op, 5).integers()) targets.push_back(static_cast<int16_t>(target));
  }
  const auto some = [](auto& list) {  // arrays of C++ are not empty
    if (list.empty()) list.push_back(0);
  };
  some(nodes), some(modes), some(thresholds), some(firsts), some(targets), some(weights);
  const std::string& kind = op.text("aggregate");
  Built built;
  built.geometry = {{"samples", op.operand_type(0).shape[0]},
                    {"features", op.operand_type(0).shape[1]},
                    {"trees", table(op, 3).size()},
                    {"targets", op.integer("targets")},
                    {"mode", mode},
                    {"single", single},
                    {"aggregate", kind == "sum"   ? 0
                                  : kind == "min" ? 1
                                                  : 2}};
  built.constants = {
      packed("branches", "per branch: feature, next node if true, next node if false; leaves are ~n", nodes),
      packed("thresholds", "per branch", thresholds),
      packed("modes", "per branch, where they differ: 0 <=, 1 <, 2 >=, 3 >, 4 ==, 5 !=, + 8 also NaN", modes),
      packed("roots", "first node per tree", roots),
      packed("leaves", "per leaf, unless it has one weight: first weight, count", firsts),
      packed("weight_targets", "per weight, unless there is one target", targets),
      packed("weights", "of the leaves", weights)};
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto trees = static_cast<double>(table(op, 3).size());
  const double depth = 1 + std::log2(1 + static_cast<double>(table(op, 2).size()) / std::max(trees, 1.0));
  return static_cast<double>(op.operand_type(0).shape[0]) * trees * depth * (5 * t.load + 6 * t.alu + t.float_add);
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
    .mean_code_bytes = 200,
    .why_not = portable_tree_ensemble_f32::why_not,
    .needs = portable_tree_ensemble_f32::needs,
    .build = portable_tree_ensemble_f32::build,
    .cycles = portable_tree_ensemble_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

// mode: of all branches, or -1: each has its own. aggregate: 0 sum, 1 smallest, 2 largest.
struct TreeEnsembleF32 {
  int32_t samples, features, trees, targets;
  int32_t mode, single, aggregate;
};

TINYC_KERNEL bool tree_ensemble_holds(float x, float threshold, int32_t mode) {
  if ((mode & 8) != 0 && x != x) return true;
  switch (mode & 7) {
    case 0:
      return x <= threshold;
    case 1:
      return x < threshold;
    case 2:
      return x >= threshold;
    case 3:
      return x > threshold;
    case 4:
      return !(x < threshold) && !(x > threshold) && x == x;
    default:
      return x < threshold || x > threshold || x != x;
  }
}

TINYC_KERNEL float tree_ensemble_joined(float a, float b, int32_t aggregate) {
  if (aggregate == 0) return a + b;
  return (aggregate == 1) == (b < a) ? b : a;
}

TINYC_KERNEL void tree_ensemble_f32(const TreeEnsembleF32& g, const Rows& in, const Rows& out, const int16_t* branches,
                                    const float* thresholds, const uint8_t* modes, const int16_t* roots,
                                    const int32_t* leaves, const int16_t* weight_targets, const float* weights,
                                    int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* x = row_of<const float>(in, y0);
  float* y = row_of<float>(out, y0);
  for (int32_t n = 0; n < g.samples; ++n, x += g.features, y += g.targets) {
    const float start = g.aggregate == 0 ? 0.0f : g.aggregate == 1 ? 3.402823466e38f : -3.402823466e38f;
    for (int32_t i = 0; i < g.targets; ++i) y[i] = start;
    for (int32_t t = 0; t < g.trees; ++t) {
      int32_t node = roots[t];
      while (node >= 0) {
        const int16_t* branch = branches + 3 * node;
        const int32_t mode = g.mode >= 0 ? g.mode : modes[node];
        node = branch[tree_ensemble_holds(x[branch[0]], thresholds[node], mode) ? 1 : 2];
      }
      const int32_t leaf = ~node;
      const int32_t first = g.single != 0 ? leaf : leaves[2 * leaf];
      const int32_t end = g.single != 0 ? leaf + 1 : first + leaves[2 * leaf + 1];
      for (int32_t w = first; w < end; ++w) {
        float* to = y + (g.single != 0 ? 0 : weight_targets[w]);
        *to = tree_ensemble_joined(*to, weights[w], g.aggregate);
      }
    }
    for (int32_t i = 0; g.aggregate != 0 && i < g.targets; ++i) {
      if (y[i] <= start && y[i] >= start) y[i] = 0.0f;  // no leaf named it
    }
  }
}
