// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_trees.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <set>

#include "backends/kernel_support.h"
#include "compiler/support/text_writer.h"
#include "ir/ops/tree_ensemble.h"

namespace tinyc {
namespace {

constexpr int64_t kMostIfs = 8192;
constexpr int kDeepestIfs = 100;  // clang takes 256 brackets in each other

const ir::Tensor& table(const ir::Op& op, size_t operand) { return *ir::constant_data(op.operand(operand)); }

// As tree_key() of shared/trees.h.
int32_t key_of(float threshold) {
  const auto bits = std::bit_cast<int32_t>(threshold);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

// The comparison as "at most" or "equal", with the sides changed where it is the contrary of one.
TreeBranch branch_of(const ir::Op& op, int64_t index) {
  const ir::Tensor& branches = table(op, 1);
  TreeBranch branch{};
  branch.feature = static_cast<int32_t>(branches.integer(index * 4));
  branch.mode = static_cast<int32_t>(branches.integer(index * 4 + 3));
  branch.threshold = static_cast<float>(table(op, 2).real(index));
  branch.first = static_cast<int32_t>(branches.integer(index * 4 + 1));
  branch.second = static_cast<int32_t>(branches.integer(index * 4 + 2));
  const auto mode = static_cast<ir::BranchMode>(branch.mode & 7);
  const bool below = mode == ir::BranchMode::less || mode == ir::BranchMode::greater_or_equal;
  const bool contrary = mode == ir::BranchMode::greater || mode == ir::BranchMode::greater_or_equal;
  branch.nan_first = (branch.mode & ir::kNanGoesFirst) != 0;
  branch.equal = mode == ir::BranchMode::equal || mode == ir::BranchMode::not_equal;
  branch.key = key_of(branch.threshold) - (below ? 1 : 0);
  if (contrary) branch.nan_first = !branch.nan_first;
  if (mode == ir::BranchMode::not_equal) branch.nan_first = false;  // NaN differs from everything
  if (contrary || mode == ir::BranchMode::not_equal) std::swap(branch.first, branch.second);
  return branch;
}

// Leaves with the same weights become one; zeros add nothing.
std::vector<int32_t> add_leaves(Trees& trees, const ir::Op& op) {
  std::map<TreeLeaf, int32_t> known;
  std::vector<int32_t> numbers;
  const ir::Tensor& leaves = table(op, 4);
  for (int64_t i = 0; i < leaves.shape()[0]; ++i) {
    TreeLeaf leaf;
    const int64_t first = leaves.integer(i * 2);
    for (int64_t w = first; w < first + leaves.integer(i * 2 + 1); ++w) {
      const auto weight = static_cast<float>(table(op, 6).real(w));
      const bool counts = weight < 0 || weight > 0 || std::isnan(weight) || op.text("aggregate") != "sum";
      if (counts || op.integer("targets") == 1)
        leaf.emplace_back(static_cast<int32_t>(table(op, 5).integer(w)), weight);
    }
    const auto [place, is_new] = known.try_emplace(leaf, static_cast<int32_t>(trees.leaves.size()));
    if (is_new) trees.leaves.push_back(std::move(leaf));
    numbers.push_back(place->second);
  }
  return numbers;
}

// Second sides follow each other: only first sides are nested.
int deepest_nesting(const Trees& trees) {
  std::vector<int> depth(trees.branches.size(), 1);
  int deepest = 0;
  for (size_t i = 0; i < depth.size(); ++i) {  // children lie behind their parents
    deepest = std::max(deepest, depth[i]);
    const TreeBranch& branch = trees.branches[i];
    if (branch.first >= 0) depth[static_cast<size_t>(branch.first)] = depth[i] + 1;
    if (branch.second >= 0) depth[static_cast<size_t>(branch.second)] = depth[i];
  }
  return deepest;
}

double visits_of(const Trees& trees) {
  double sum = 0;
  std::vector<double> share(trees.branches.size(), 0);
  const auto reach = [&](int32_t node, double weight) {
    if (node >= 0) share[static_cast<size_t>(node)] += weight;
  };
  for (const int32_t root : trees.roots) reach(root, 1);
  for (size_t i = 0; i < share.size(); ++i) {  // children lie behind their parents
    sum += share[i];
    reach(trees.branches[i].first, share[i] / 2);
    reach(trees.branches[i].second, share[i] / 2);
  }
  return sum;
}

template <class T>
std::vector<T> at_least_one(std::vector<T> list) {  // arrays of C++ are not empty
  if (list.empty()) list.push_back(T{});
  return list;
}

class FunctionText {
 public:
  FunctionText(const Trees& trees, const TreeCodes& codes, TreeForm form) : trees_(trees), codes_(codes), form_(form) {}

  std::vector<std::string> tree(size_t index) {
    lines_.clear();
    line(0, fmt::format("static inline {} @_tree{}(const {}*{}) {{", trees_.single ? "float" : "int32_t", index, type(),
                        trees_.roots[index] < 0 ? "" : " x"));
    node(trees_.roots[index], 1);
    line(0, "}");
    return std::move(lines_);
  }

  const char* type() const { return form_ == TreeForm::floats ? "float" : "int32_t"; }

 private:
  void line(int depth, const std::string& text) {
    lines_.push_back(std::string(static_cast<size_t>(2 * depth), ' ') + text);
  }

  // The second side of a branch follows its first, which returns: only first sides are nested.
  void node(int32_t at, int depth) {
    while (at >= 0) {
      const TreeBranch& branch = trees_.branches[static_cast<size_t>(at)];
      const auto [first, second] = sides(branch);
      if (first < 0) {
        line(depth, fmt::format("if ({}) return {};", condition(branch), leaf(first)));
      } else {
        line(depth, fmt::format("if ({}) {{", condition(branch)));
        node(first, depth + 1);
        line(depth, "}");
      }
      at = second;
    }
    line(depth, fmt::format("return {};", leaf(at)));
  }

  // Comparisons of floats are printed as the operator has them.
  std::pair<int32_t, int32_t> sides(const TreeBranch& branch) const {
    const auto mode = static_cast<ir::BranchMode>(branch.mode & 7);
    const bool swapped = mode == ir::BranchMode::greater || mode == ir::BranchMode::greater_or_equal ||
                         mode == ir::BranchMode::not_equal;
    if (form_ == TreeForm::floats && swapped) return {branch.second, branch.first};
    return {branch.first, branch.second};
  }

  std::string leaf(int32_t at) const {
    const TreeLeaf& leaf = trees_.leaves[static_cast<size_t>(~at)];
    return trees_.single ? float_literal(leaf[0].second) : std::to_string(~at);
  }

  std::string condition(const TreeBranch& branch) const {
    if (form_ == TreeForm::floats) return float_condition(branch);
    const int32_t place = codes_.place(branch.feature);
    const bool ranks = form_ == TreeForm::ranks;
    const int32_t code = ranks ? codes_.rank(branch.feature, branch.key) : branch.key;
    const std::string holds = fmt::format("x[{}] {} {}", place, branch.equal ? "==" : "<=", code);
    return branch.nan_first && !trees_.plain ? fmt::format("{} || x[{}] == INT32_MAX", holds, place) : holds;
  }

  static std::string float_condition(const TreeBranch& branch) {
    const std::string x = fmt::format("x[{}]", branch.feature), t = float_literal(branch.threshold);
    const bool nan_first = (branch.mode & ir::kNanGoesFirst) != 0;
    switch (static_cast<ir::BranchMode>(branch.mode & 7)) {
      case ir::BranchMode::less_or_equal:
        return nan_first ? fmt::format("!({} > {})", x, t) : fmt::format("{} <= {}", x, t);
      case ir::BranchMode::less:
        return nan_first ? fmt::format("!({} >= {})", x, t) : fmt::format("{} < {}", x, t);
      case ir::BranchMode::greater_or_equal:
        return nan_first ? fmt::format("!({} < {})", x, t) : fmt::format("{} >= {}", x, t);
      case ir::BranchMode::greater:
        return nan_first ? fmt::format("!({} <= {})", x, t) : fmt::format("{} > {}", x, t);
      case ir::BranchMode::equal:
        return nan_first ? fmt::format("!({0} < {1} || {0} > {1})", x, t)
                         : fmt::format("{0} <= {1} && {0} >= {1}", x, t);
      default:
        return fmt::format("!({0} <= {1} && {0} >= {1})", x, t);
    }
  }

  const Trees& trees_;
  const TreeCodes& codes_;
  TreeForm form_;
  std::vector<std::string> lines_;
};

}  // namespace

Trees trees_of(const ir::Op& op) {
  Trees trees;
  const std::vector<int32_t> leaf_number = add_leaves(trees, op);
  const auto renumbered = [&](int32_t node) { return node >= 0 ? node : ~leaf_number[static_cast<size_t>(~node)]; };
  for (int64_t i = 0; i < table(op, 1).shape()[0]; ++i) {
    TreeBranch branch = branch_of(op, i);
    branch.first = renumbered(branch.first);
    branch.second = renumbered(branch.second);
    trees.branches.push_back(branch);
  }
  for (const int64_t root : table(op, 3).integers()) trees.roots.push_back(renumbered(static_cast<int32_t>(root)));
  trees = balanced(trees);
  trees.single = op.integer("targets") == 1 && std::all_of(trees.leaves.begin(), trees.leaves.end(),
                                                           [](const TreeLeaf& leaf) { return leaf.size() == 1; });
  trees.nan_first = !trees.branches.empty() && trees.branches[0].nan_first;
  trees.plain = std::all_of(trees.branches.begin(), trees.branches.end(), [&](const TreeBranch& branch) {
    return !branch.equal && branch.nan_first == trees.nan_first;
  });
  trees.visits = visits_of(trees);
  return trees;
}

int32_t TreeCodes::place(int32_t feature) const {
  return static_cast<int32_t>(std::lower_bound(features.begin(), features.end(), feature) - features.begin());
}

int32_t TreeCodes::rank(int32_t feature, int32_t key) const {
  const std::vector<int32_t>& list = keys[static_cast<size_t>(place(feature))];
  return static_cast<int32_t>(std::lower_bound(list.begin(), list.end(), key) - list.begin());
}

int64_t TreeCodes::key_count() const {
  int64_t count = 0;
  for (const std::vector<int32_t>& list : keys) count += static_cast<int64_t>(list.size());
  return count;
}

TreeCodes tree_codes(const Trees& trees) {
  std::map<int32_t, std::set<int32_t>> by_feature;
  for (const TreeBranch& branch : trees.branches) {
    std::set<int32_t>& keys = by_feature[branch.feature];
    keys.insert(branch.key);
    if (branch.equal) keys.insert(branch.key - 1);  // so that the rank is that of this key alone
  }
  TreeCodes codes;
  for (const auto& [feature, keys] : by_feature) {
    codes.features.push_back(feature);
    codes.keys.emplace_back(keys.begin(), keys.end());
  }
  return codes;
}

void add_tree_leaves(Built& built, const ir::Op& op, const Trees& trees) {
  std::vector<uint16_t> firsts, parts;
  std::vector<int16_t> targets;
  std::vector<float> weights;
  std::map<std::pair<int32_t, float>, uint16_t> known;
  for (const TreeLeaf& leaf : trees.leaves) {
    firsts.push_back(static_cast<uint16_t>(parts.size()));
    for (const auto& part : leaf) {
      const auto [place, is_new] = known.try_emplace(part, static_cast<uint16_t>(weights.size()));
      parts.push_back(trees.single ? static_cast<uint16_t>(weights.size()) : place->second);
      if (!is_new && !trees.single) continue;
      targets.push_back(static_cast<int16_t>(part.first));
      weights.push_back(part.second);
    }
  }
  firsts.push_back(static_cast<uint16_t>(parts.size()));
  if (trees.single) firsts.clear(), parts.clear(), targets.clear();
  const std::string& kind = op.text("aggregate");
  built.geometry.insert(built.geometry.begin(), {{"samples", op.operand_type(0).shape[0]},
                                                 {"features", op.operand_type(0).shape[1]},
                                                 {"targets", op.integer("targets")},
                                                 {"single", trees.single},
                                                 {"aggregate", kind == "sum"   ? 0
                                                               : kind == "min" ? 1
                                                                               : 2}});
  for (PackedConstant constant :
       {packed("leaves", "first part per leaf, unless each has one; the end", at_least_one(std::move(firsts))),
        packed("parts", "of the leaves: which of the weights", at_least_one(std::move(parts))),
        packed("weight_targets", "per weight, unless there is one target", at_least_one(std::move(targets))),
        packed("weights", "all different, unless each leaf has one", at_least_one(std::move(weights)))})
    built.constants.push_back(std::move(constant));
}

void add_tree_codes(Built& built, const TreeCodes& codes, bool ranks) {
  std::vector<int16_t> features;
  std::vector<uint16_t> firsts;
  std::vector<int32_t> keys;
  for (size_t i = 0; i < codes.features.size(); ++i) {
    features.push_back(static_cast<int16_t>(codes.features[i]));
    firsts.push_back(static_cast<uint16_t>(keys.size()));
    keys.insert(keys.end(), codes.keys[i].begin(), codes.keys[i].end());
  }
  firsts.push_back(static_cast<uint16_t>(keys.size()));
  if (!ranks) firsts.clear(), keys.clear();
  built.geometry.push_back({"codes", codes.features.size()});
  built.geometry.push_back({"ranks", ranks});
  built.constants.push_back(packed("used", "features that branches ask for", at_least_one(std::move(features))));
  built.constants.push_back(packed("first_keys", "per feature used; the end", at_least_one(std::move(firsts))));
  built.constants.push_back(packed("keys", "thresholds per feature used, ascending", at_least_one(std::move(keys))));
}

void add_tree_functions(Built& built, const Trees& trees, const TreeCodes& codes, TreeForm form) {
  FunctionText text(trees, codes, form);
  for (size_t i = 0; i < trees.roots.size(); ++i) {
    std::vector<std::string> lines = text.tree(i);
    std::move(lines.begin(), lines.end(), std::back_inserter(built.definitions));
  }
  built.definitions.push_back("template <class Add>");
  built.definitions.push_back(fmt::format("TINYC_KERNEL void @_trees(const {}* x, Add add) {{", text.type()));
  for (size_t i = 0; i < trees.roots.size(); ++i) built.definitions.push_back(fmt::format("  add(@_tree{}(x));", i));
  built.definitions.push_back("}");
  built.own_functor = fmt::format("[](const {}* x, auto add) {{ @_trees(x, add); }}", text.type());
}

std::optional<std::string> need_tables(const ir::Op& op) {
  for (const size_t operand : {size_t{2}, size_t{6}}) {
    if (table(op, operand).size() > 65535) return "needs at most 65,535 branches and weights";
  }
  if (table(op, 2).size() > 32767 || table(op, 4).shape()[0] > 32767 || op.operand_type(0).shape[1] > 32767)
    return "needs at most 32,767 branches, leaves and features";
  const std::vector<double> thresholds = table(op, 2).reals();
  if (std::any_of(thresholds.begin(), thresholds.end(), [](double t) { return std::isnan(t); }))
    return "needs thresholds that are not NaN";
  return std::nullopt;
}

std::optional<std::string> need_tree_code(const ir::Op& op) {
  if (const auto reason = need_tables(op)) return reason;
  if (table(op, 2).size() > kMostIfs) return fmt::format("needs at most {} branches", kMostIfs);
  if (deepest_nesting(trees_of(op)) > kDeepestIfs) return fmt::format("needs trees of at most {} levels", kDeepestIfs);
  return std::nullopt;
}

int32_t nan_code(const Trees& trees) { return trees.plain && trees.nan_first ? -INT32_MAX : INT32_MAX; }

std::vector<uint8_t> branch_modes(const Trees& trees) {
  std::vector<uint8_t> modes;
  for (const TreeBranch& branch : trees.branches) {
    if (!trees.plain) modes.push_back(static_cast<uint8_t>((branch.equal ? 1 : 0) + (branch.nan_first ? 2 : 0)));
  }
  return at_least_one(std::move(modes));
}

int64_t tree_scratch_bytes(const TreeCodes& codes) {
  return 4 * std::max<int64_t>(1, static_cast<int64_t>(codes.features.size()));
}

double tree_cycles(const ir::Op& op, double visits, double cycles_per_visit, const CoreTiming& t) {
  const auto trees = static_cast<double>(table(op, 3).size());
  const double weights = static_cast<double>(table(op, 6).size()) / static_cast<double>(table(op, 4).shape()[0]);
  return visits * cycles_per_visit +
         trees * (4 * t.load + 2 * t.branch + weights * (2 * t.load + t.store + t.float_add));
}

int64_t tree_leaf_bytes(const Trees& trees) {
  int64_t ends = static_cast<int64_t>(trees.branches.size() + trees.roots.size());
  return ends * (trees.single ? 10 : 4) + 10 * static_cast<int64_t>(trees.roots.size());
}

double tree_code_cycles(const TreeCodes& codes, bool ranks, const CoreTiming& t) {
  double cycles = static_cast<double>(codes.features.size()) * (3 * t.load + 7 * t.alu + t.store + 2 * t.branch);
  if (!ranks) return cycles;
  for (const std::vector<int32_t>& keys : codes.keys)
    cycles += (1 + std::log2(static_cast<double>(keys.size()))) * (t.load + 5 * t.alu + t.branch);
  return cycles;
}

}  // namespace tinyc
