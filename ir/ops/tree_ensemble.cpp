// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/tree_ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  if (x.rank() != 2 || x.element != Element::f32) return Failure{"needs f32 [samples, features]"};
  const int64_t targets = op.integer("targets");
  if (targets < 1 || targets > 32767) return Failure{fmt::format("{} targets", targets)};
  op.results[0]->type = {Element::f32, {x.shape[0], targets}, std::nullopt};
  return {};
}

// Every child lies behind its parent, so that no walk can run in circles; each branch has one.
Status check_branches(const Tensor& branches, const Tensor& roots, int64_t features, int64_t leaves) {
  const int64_t count = branches.shape()[0];
  std::vector<bool> reached(static_cast<size_t>(count), false);
  const auto reach = [&](int64_t node) {
    if (node < 0) return true;
    const bool first = !reached[static_cast<size_t>(node)];
    reached[static_cast<size_t>(node)] = true;
    return first;
  };
  for (int64_t i = 0; i < roots.size(); ++i) {
    if (!reach(roots.integer(i))) return Failure{"a branch is reached in two ways"};
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t feature = branches.integer(i * 4), mode = branches.integer(i * 4 + 3);
    if (feature < 0 || feature >= features || mode < 0 || mode > 13)
      return Failure{"a branch names no feature or mode"};
    for (const int64_t child : {branches.integer(i * 4 + 1), branches.integer(i * 4 + 2)}) {
      if (child >= 0 ? child <= i || child >= count : ~child >= leaves) return Failure{"a branch leads nowhere"};
      if (!reach(child)) return Failure{"a branch is reached in two ways"};
    }
  }
  return {};
}

Status verify(const Op& op) {
  const Tensor* parts[6];
  for (size_t i = 0; i < 6; ++i) {
    parts[i] = constant_data(op.operand(i + 1));
    if (!parts[i]) return Failure{"trees must be constants"};
  }
  const auto& [branches, thresholds, roots, leaves, targets, weights] = parts;
  if (branches->shape() != Shape{thresholds->size(), 4} || leaves->shape().size() != 2 || leaves->shape()[1] != 2 ||
      targets->size() != weights->size())
    return Failure{"the tables of the trees do not fit each other"};
  const int64_t count = leaves->shape()[0];
  for (int64_t i = 0; i < roots->size(); ++i) {
    const int64_t root = roots->integer(i);
    if (root >= 0 ? root >= thresholds->size() : ~root >= count) return Failure{"a root leads nowhere"};
  }
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = leaves->integer(i * 2), size = leaves->integer(i * 2 + 1);
    if (first < 0 || size < 0 || first + size > weights->size()) return Failure{"a leaf has no weights"};
  }
  for (int64_t i = 0; i < targets->size(); ++i) {
    if (targets->integer(i) < 0 || targets->integer(i) >= op.integer("targets"))
      return Failure{"a weight has no target"};
  }
  return check_branches(*branches, *roots, op.operand_type(0).shape[1], count);
}

bool goes_first(double x, double threshold, int64_t mode) {
  if (std::isnan(x) && (mode & kNanGoesFirst) != 0) return true;
  switch (static_cast<BranchMode>(mode & 7)) {
    case BranchMode::less_or_equal:
      return x <= threshold;
    case BranchMode::less:
      return x < threshold;
    case BranchMode::greater_or_equal:
      return x >= threshold;
    case BranchMode::greater:
      return x > threshold;
    case BranchMode::equal:
      return x == threshold;
    default:
      return x != threshold;
  }
}

int64_t leaf_of(std::span<const Tensor* const> operands, int64_t root, int64_t sample) {
  const Tensor& x = *operands[0];
  int64_t at = root;
  while (at >= 0) {
    const double value = x.real(sample * x.shape()[1] + operands[1]->integer(at * 4));
    const bool first = goes_first(value, operands[2]->real(at), operands[1]->integer(at * 4 + 3));
    at = operands[1]->integer(at * 4 + (first ? 1 : 2));
  }
  return ~at;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const std::string& kind = op.text("aggregate");
  const int64_t targets = op.integer("targets");
  for (int64_t n = 0; n < operands[0]->shape()[0]; ++n) {
    std::vector<double> total(static_cast<size_t>(targets), 0);
    std::vector<bool> seen(total.size(), false);
    for (int64_t t = 0; t < operands[3]->size(); ++t) {
      const int64_t leaf = leaf_of(operands, operands[3]->integer(t), n);
      const int64_t first = operands[4]->integer(leaf * 2);
      for (int64_t w = first; w < first + operands[4]->integer(leaf * 2 + 1); ++w) {
        const auto target = static_cast<size_t>(operands[5]->integer(w));
        const double weight = operands[6]->real(w);
        double& sum = total[target];
        sum = kind == "sum" || !seen[target] ? sum + weight
              : kind == "min"                ? std::min(sum, weight)
                                             : std::max(sum, weight);
        seen[target] = true;
      }
    }
    for (int64_t i = 0; i < targets; ++i) results[0].set_real(n * targets + i, total[static_cast<size_t>(i)]);
  }
}

}  // namespace

extern const OpDef tree_ensemble_op = {
    .name = "tree_ensemble",
    .summary = "Decision trees whose leaves add up, or of which the largest or smallest counts.",
    .doc =
        "x [samples, features]. A node is a branch (0, 1, ...) or a leaf (~0, ~1, ...). branches i32 [B, 4]: feature, "
        "node if the comparison with the threshold holds, node otherwise, mode (0 <=, 1 <, 2 >=, 3 >, 4 =, 5 !=; + 8: "
        "NaN counts as holding). Children lie behind their parents; each branch is reached in one way. roots i32 [T]. "
        "leaves i32 [L, 2]: first weight and "
        "how many; weights f32 [W] count for targets i32 [W]. Targets that no leaf names are 0.",
    .operands = {{"x"}, {"branches"}, {"thresholds"}, {"roots"}, {"leaves"}, {"weight_targets"}, {"weights"}},
    .results = {"y"},
    .attributes = {{"targets", AttributeKind::integer, std::nullopt, "number of results per sample"},
                   {"aggregate", AttributeKind::text, Attribute{std::string("sum")}, "sum, min or max"}},
    .infer = infer,
    .verify = verify,
    .reference = reference,
};

}  // namespace tinyc::ir
