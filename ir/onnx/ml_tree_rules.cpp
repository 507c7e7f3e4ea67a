// SPDX-License-Identifier: Apache-2.0
// Tree ensembles of ai.onnx.ml, in the attribute forms of versions 1 to 5.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ir/onnx/ml.h"
#include "ir/onnx/rules.h"
#include "ir/ops/tree_ensemble.h"

namespace tinyc::ir {
namespace {

constexpr size_t kMostNodes = 1 << 22;

// Numbers of an attribute that is a list, or a tensor under its "_as_tensor" name.
std::vector<double> numbers(OnnxImporter& importer, const std::string& name) {
  if (const OnnxAttribute* tensor = importer.attribute(name + "_as_tensor"); tensor && tensor->tensor)
    return tensor->tensor->reals();
  if (const OnnxAttribute* given = importer.attribute(name); given && given->tensor) return given->tensor->reals();
  return importer.reals(name);
}

struct Node {
  bool leaf = false;
  int64_t feature = 0;
  double threshold = 0;
  int64_t mode = 0;
  size_t yes = 0, no = 0;                           // nodes of the same list
  std::vector<std::pair<int64_t, double>> weights;  // target and weight
};

struct Forest {
  std::vector<Node> nodes;
  std::vector<size_t> roots;
};

// The tables of `tree_ensemble`, for the trees that were added.
class Tables {
 public:
  explicit Tables(const Forest& forest) : forest_(&forest) {}

  // In order of depth first; every node may be reached once.
  bool add_tree(size_t root, std::set<size_t>& visited) {
    struct Visit {
      size_t node;
      int64_t parent;  // -1: a root
      int side;
    };
    std::vector<Visit> stack = {{root, -1, 0}};
    while (!stack.empty()) {
      const Visit visit = stack.back();
      stack.pop_back();
      if (!visited.insert(visit.node).second) return false;
      const Node& node = forest_->nodes[visit.node];
      const int64_t number = node.leaf ? ~add_leaf(node) : add_branch(node);
      if (visit.parent < 0) {
        roots_.push_back(number);
      } else {
        branches_[static_cast<size_t>(visit.parent * 4 + visit.side)] = number;
      }
      if (node.leaf) continue;
      stack.push_back({node.no, number, 2});
      stack.push_back({node.yes, number, 1});
    }
    return true;
  }

  Term made(OnnxImporter& importer, Term x, int64_t targets, const std::string& aggregate) const {
    const auto integers = [&](const std::vector<int64_t>& values, Shape shape) {
      return tensor_term(importer, Tensor::of_integers(Element::i32, std::move(shape), values));
    };
    const auto count = static_cast<int64_t>(thresholds_.size());
    const auto leaves = static_cast<int64_t>(leaves_.size()) / 2;
    return apply("tree_ensemble",
                 {x, integers(branches_, {count, 4}), reals_term(importer, thresholds_, {count}),
                  integers(roots_, {static_cast<int64_t>(roots_.size())}), integers(leaves_, {leaves, 2}),
                  integers(targets_, {static_cast<int64_t>(targets_.size())}),
                  reals_term(importer, weights_, {static_cast<int64_t>(weights_.size())})},
                 {{"targets", targets}, {"aggregate", aggregate}});
  }

 private:
  int64_t add_branch(const Node& node) {
    branches_.insert(branches_.end(), {node.feature, 0, 0, node.mode});
    thresholds_.push_back(node.threshold);
    return static_cast<int64_t>(thresholds_.size()) - 1;
  }
  int64_t add_leaf(const Node& node) {
    leaves_.push_back(static_cast<int64_t>(weights_.size()));
    leaves_.push_back(static_cast<int64_t>(node.weights.size()));
    for (const auto& [target, weight] : node.weights) {
      targets_.push_back(target);
      weights_.push_back(weight);
    }
    return static_cast<int64_t>(leaves_.size()) / 2 - 1;
  }

  const Forest* forest_;
  std::vector<int64_t> branches_, roots_, leaves_, targets_;
  std::vector<double> thresholds_, weights_;
};

bool bad(OnnxImporter& importer, std::string what) {
  importer.error(Code::T0307, "the trees are damaged: " + std::move(what));
  return false;
}

std::optional<int64_t> mode_of(const std::string& text) {
  const char* const kModes[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"};
  for (size_t i = 0; i < std::size(kModes); ++i) {
    if (text == kModes[i]) return static_cast<int64_t>(i);
  }
  return std::nullopt;
}

// Versions 1 and 3: lists by tree and node number. `prefix`: class or target.
bool read_numbered(OnnxImporter& importer, const std::string& prefix, Forest& forest) {
  const auto trees = importer.integers("nodes_treeids"), ids = importer.integers("nodes_nodeids");
  const auto features = importer.integers("nodes_featureids");
  const auto yes = importer.integers("nodes_truenodeids"), no = importer.integers("nodes_falsenodeids");
  const auto modes = importer.texts("nodes_modes");
  const auto values = numbers(importer, "nodes_values");
  const auto missing = importer.integers("nodes_missing_value_tracks_true");
  const size_t count = ids.size();
  if (count > kMostNodes || trees.size() != count || features.size() != count || yes.size() != count ||
      no.size() != count || modes.size() != count || values.size() != count)
    return bad(importer, "the lists of nodes differ in length");
  std::map<std::pair<int64_t, int64_t>, size_t> at;
  for (size_t i = 0; i < count; ++i) {
    if (!at.try_emplace({trees[i], ids[i]}, i).second) return bad(importer, "a node number is used twice");
  }
  forest.nodes.resize(count);
  std::vector<bool> child(count, false);
  for (size_t i = 0; i < count; ++i) {
    Node& node = forest.nodes[i];
    node.leaf = modes[i] == "LEAF";
    if (node.leaf) continue;
    const auto mode = mode_of(modes[i]);
    const auto first = at.find({trees[i], yes[i]}), second = at.find({trees[i], no[i]});
    if (!mode || first == at.end() || second == at.end())
      return bad(importer, "a branch of mode " + modes[i] + " leads nowhere");
    node.feature = features[i];
    node.threshold = values[i];
    node.mode = *mode + (i < missing.size() && missing[i] != 0 ? kNanGoesFirst : 0);
    node.yes = first->second;
    node.no = second->second;
    child[node.yes] = child[node.no] = true;
  }
  for (size_t i = 0; i < count; ++i) {
    if (!child[i]) forest.roots.push_back(i);
  }
  const auto in_tree = importer.integers(prefix + "_treeids"), in_node = importer.integers(prefix + "_nodeids");
  const auto targets = importer.integers(prefix + "_ids");
  const auto weights = numbers(importer, prefix + "_weights");
  if (in_node.size() != in_tree.size() || targets.size() != in_tree.size() || weights.size() != in_tree.size())
    return bad(importer, "the lists of weights differ in length");
  for (size_t i = 0; i < targets.size(); ++i) {
    const auto found = at.find({in_tree[i], in_node[i]});
    if (found == at.end()) return bad(importer, "a weight belongs to no node");
    forest.nodes[found->second].weights.emplace_back(targets[i], weights[i]);
  }
  return true;
}

// Version 5, TreeEnsemble: branches and leaves in lists of their own; sets of members end with NaN.
bool read_split(OnnxImporter& importer, Forest& forest) {
  const auto features = importer.integers("nodes_featureids"),
             missing = importer.integers("nodes_missing_value_tracks_true");
  const auto yes = importer.integers("nodes_truenodeids"), no = importer.integers("nodes_falsenodeids");
  const auto yes_leaf = importer.integers("nodes_trueleafs"), no_leaf = importer.integers("nodes_falseleafs");
  const auto modes = numbers(importer, "nodes_modes"), splits = numbers(importer, "nodes_splits");
  const auto members = numbers(importer, "membership_values");
  const auto targets = importer.integers("leaf_targetids");
  const auto weights = numbers(importer, "leaf_weights");
  const size_t count = splits.size();
  if (count + targets.size() > kMostNodes || features.size() != count || yes.size() != count || no.size() != count ||
      yes_leaf.size() != count || no_leaf.size() != count || modes.size() != count || weights.size() != targets.size())
    return bad(importer, "the lists of nodes differ in length");
  forest.nodes.resize(count + targets.size());
  for (size_t i = 0; i < targets.size(); ++i) {
    forest.nodes[count + i].leaf = true;
    forest.nodes[count + i].weights = {{targets[i], weights[i]}};
  }
  const auto child = [&](int64_t index, int64_t is_leaf) {
    const auto limit = static_cast<int64_t>(is_leaf != 0 ? targets.size() : count);
    if (index < 0 || index >= limit) return forest.nodes.size();
    return static_cast<size_t>(index) + (is_leaf != 0 ? count : 0);
  };
  size_t member = 0;
  constexpr int64_t kMember = 6;
  for (size_t i = 0; i < count; ++i) {
    const size_t first = child(yes[i], yes_leaf[i]), second = child(no[i], no_leaf[i]);
    const auto mode = static_cast<int64_t>(modes[i]);
    const int64_t nan = i < missing.size() && missing[i] != 0 ? kNanGoesFirst : 0;
    if (first >= count + targets.size() || second >= count + targets.size() || mode < 0 || mode > kMember)
      return bad(importer, fmt::format("branch {} of mode {} leads nowhere", i, mode));
    Node node{false, features[i], splits[i], mode + nan, first, second, {}};
    if (mode ==
        kMember) {  // a chain of comparisons with the members; each but the last has a copy of the leaf behind it
      std::vector<double> set;
      while (member < members.size() && !std::isnan(members[member])) set.push_back(members[member++]);
      ++member;
      if (set.empty() || !forest.nodes[first].leaf)
        return importer.unsupported("a set of members whose branch is no leaf"), false;
      node.mode = static_cast<int64_t>(BranchMode::equal) + nan;
      size_t rest = second;
      for (size_t k = set.size(); k-- > 1;) {
        Node copy = forest.nodes[first];
        forest.nodes.push_back(copy);
        forest.nodes.push_back({false, features[i], set[k], node.mode, forest.nodes.size() - 1, rest, {}});
        rest = forest.nodes.size() - 1;
      }
      node.threshold = set[0];
      node.no = rest;
    }
    forest.nodes[i] = node;
  }
  for (const int64_t root : importer.integers("tree_roots")) {
    if (root < 0 || root >= static_cast<int64_t>(forest.nodes.size())) return bad(importer, "a root leads nowhere");
    forest.roots.push_back(static_cast<size_t>(root));
  }
  return true;
}

// Weights of zero change no sum. Trees go into ensembles small enough for 16-bit node numbers, which are then combined.
Term ensemble(OnnxImporter& importer, Term x, Forest forest, int64_t targets, const std::string& aggregate) {
  constexpr size_t kMostTogether = 16000;
  if (aggregate == "sum") {
    for (Node& node : forest.nodes) std::erase_if(node.weights, [](const auto& weight) { return weight.second == 0; });
  }
  std::set<size_t> visited;
  Term total{&importer};
  Tables tables(forest);
  size_t before = 0;
  const auto flush = [&] {
    const Term part = tables.made(importer, x, targets, aggregate);
    total = total ? apply(aggregate == "sum" ? "add" : aggregate, {total, part}) : part;
    tables = Tables(forest);
    before = visited.size();
  };
  for (size_t i = 0; i < forest.roots.size(); ++i) {
    if (!tables.add_tree(forest.roots[i], visited)) {
      bad(importer, "a node has two parents");
      return {&importer};
    }
    if (visited.size() - before > kMostTogether && i + 1 < forest.roots.size()) flush();
  }
  if (forest.roots.empty()) {
    bad(importer, "there is no root");
    return {&importer};
  }
  flush();
  return total;
}

std::string aggregate_of(const std::string& onnx) { return onnx == "MIN" ? "min" : onnx == "MAX" ? "max" : "sum"; }

Term with_base(OnnxImporter& importer, Term scores, size_t wanted) {
  const std::vector<double> base = numbers(importer, "base_values");
  return base.empty() || base.size() != wanted ? scores : scores + reals_term(importer, base);
}

void import_tree_regressor(OnnxImporter& importer) {
  const Term x = sample_input(importer);
  Forest forest;
  if (!x || !read_numbered(importer, "target", forest)) return;
  const int64_t targets = importer.integer("n_targets", 1);
  const std::string aggregate = importer.text("aggregate_function", "SUM");
  const auto trees = static_cast<double>(forest.roots.size());
  Term y = ensemble(importer, x, std::move(forest), targets, aggregate_of(aggregate));
  if (aggregate == "AVERAGE") y = y / trees;
  importer.set_output(0, post_transformed(importer, with_base(importer, y, static_cast<size_t>(targets))).value);
}

void import_tree_ensemble(OnnxImporter& importer) {
  const Element element = importer.has_input(0) ? importer.input_type(0).element : Element::f32;
  const Term x = sample_input(importer);
  Forest forest;
  if (!x || !read_split(importer, forest)) return;
  const char* const kAggregates[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  const int64_t kind = importer.integer("aggregate_function", 1);
  const int64_t transform = importer.integer("post_transform", 0);
  if (kind < 0 || kind > 3) return importer.error(Code::T0307, fmt::format("aggregate_function is {}", kind));
  const auto trees = static_cast<double>(forest.roots.size());
  Term y = ensemble(importer, x, std::move(forest), importer.integer("n_targets", 1), aggregate_of(kAggregates[kind]));
  if (kind == 0) y = y / trees;
  if (transform == 1) y = softmax(y, 1);
  if (transform == 2) y = apply("sigmoid", {y});
  if (transform > 2 || transform < 0) return importer.unsupported(fmt::format("post_transform {}", transform));
  importer.set_output(0, cast(y, element).value);
}

// Two classes, weights for one: a score for the second, whose sign or distance from one half decides.
void set_binary(OnnxImporter& importer, Term score, bool positive_weights) {
  const Term above = apply("greater", {score, number_like(score, positive_weights ? 0.5 : 0)});
  set_labels(importer, class_if(above), "classlabels_int64s", "classlabels_strings");
  const std::string transform = importer.text("post_transform", "NONE");
  Term first = number_like(score, 0) - score, second = score;
  if (positive_weights) {
    first = number_like(score, 1) - score;
  } else if (transform == "LOGISTIC") {
    first = apply("sigmoid", {first});
    second = apply("sigmoid", {second});
  }
  importer.set_output(1, concat({first, second}, 1).value);
}

void import_tree_classifier(OnnxImporter& importer) {
  const Term x = sample_input(importer);
  Forest forest;
  if (!x || !read_numbered(importer, "class", forest)) return;
  const int64_t classes = class_count(importer, "classlabels_int64s", "classlabels_strings");
  std::set<int64_t> used;
  bool positive = true;
  for (const Node& node : forest.nodes) {
    for (const auto& [target, weight] : node.weights) {
      used.insert(target);
      positive = positive && weight >= 0;
    }
  }
  if (classes < 1) return importer.error(Code::T0307, "there are no class labels");
  if (classes != 2 || used.size() != 1) {
    const Term scores =
        with_base(importer, ensemble(importer, x, std::move(forest), classes, "sum"), static_cast<size_t>(classes));
    if (!scores) return;
    set_labels(importer, best_class(scores), "classlabels_int64s", "classlabels_strings");
    return importer.set_output(1, post_transformed(importer, scores).value);
  }
  for (Node& node : forest.nodes) {
    for (auto& [target, weight] : node.weights) target = 0;
  }
  const Term score = with_base(importer, ensemble(importer, x, std::move(forest), 1, "sum"), 1);
  if (score) set_binary(importer, score, positive);
}

constexpr OnnxRule kRules[] = {
    {"ai.onnx.ml", "TreeEnsemble", 5, kNewest, import_tree_ensemble},
    {"ai.onnx.ml", "TreeEnsembleClassifier", 1, kNewest, import_tree_classifier},
    {"ai.onnx.ml", "TreeEnsembleRegressor", 1, kNewest, import_tree_regressor},
};

}  // namespace

std::span<const OnnxRule> ml_tree_rules() { return kRules; }

}  // namespace tinyc::ir
