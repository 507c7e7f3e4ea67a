// SPDX-License-Identifier: Apache-2.0
// Values that an indifferent operator ties together form a group and are kept alike. A group has one alternative: the
// order its neighbours across transposes and reshapes would like. Moving a whole group costs nothing; a transpose or
// reshape between groups costs bytes when it must move elements, and so does every graph input, graph output or
// particular operator that a moved group touches. The cheapest choice is a minimum cut: each group is a variable,
// counted so that neighbours like to agree.
#include "passes/layout_choice.h"

#include <algorithm>
#include <map>
#include <set>

#include "ir/op_def.h"
#include "passes/layout_rules.h"
#include "passes/min_cut.h"

namespace tinyc {

Order result_axes(const ir::Op& edge) {
  if (edge.is("reshape")) return row_major(edge.result_type().shape);
  return permuted(row_major(edge.operand_type(0).shape), edge.integers("perm"));
}

bool is_layout_edge(const ir::Op& op) {
  return (op.is("transpose") || op.is("reshape")) && !ir::constant_data(op.operand(0));
}

namespace {

using ir::Op;
using ir::Value;

struct Group {
  std::vector<const Value*> values;
  bool columns_allowed = true;                 // only operators that are indifferent to columns tie it
  bool spatial = false;                        // touches a convolution or pool: the side that channels-last is on
  int64_t price = 0;                           // bytes to convert at its borders when kept otherwise
  Storage other = {};                          // as_is: no alternative
  bool reversed = false;                       // its variable is true when it is kept as it stands
  std::map<Permutation, int64_t> wishes = {};  // by bytes
};

struct Edge {
  const Op* op;
  int from;
  int to;
  MinCut::PairCost cost = {};  // by "kept otherwise" of from and to
};

class Chooser {
 public:
  explicit Chooser(const ir::Graph& graph) : graph_(graph) {
    make_groups();
    make_edges();
    find_alternatives();
    price_borders();
    for (Edge& edge : edges_) price_edge(edge);
    orient();
  }

  std::unordered_map<const Value*, Storage> solve() {
    MinCut cut(static_cast<int>(groups_.size()));
    for (size_t g = 0; g < groups_.size(); ++g) add_cost(cut, static_cast<int>(g), 0, groups_[g].price);
    for (const Edge& edge : edges_) add_edge(cut, edge);
    const std::vector<bool> variables = cut.solve();
    std::vector<bool> moved(groups_.size(), false);
    for (size_t g = 0; g < groups_.size(); ++g)
      moved[g] = has_other(static_cast<int>(g)) && variables[g] != groups_[g].reversed;
    std::unordered_map<const Value*, Storage> chosen;
    if (bytes_moved(moved) >= bytes_moved(std::vector<bool>(groups_.size(), false))) return chosen;
    for (size_t g = 0; g < groups_.size(); ++g) {
      for (const Value* value : moved[g] ? groups_[g].values : std::vector<const Value*>{})
        chosen[value] = groups_[g].other;
    }
    return chosen;
  }

 private:
  bool has_other(int group) const { return group_at(group).other.kind != Storage::Kind::as_is; }
  const Group& group_at(int group) const { return groups_[static_cast<size_t>(group)]; }
  Group& group_at(int group) { return groups_[static_cast<size_t>(group)]; }

  // --- groups ---------------------------------------------------------------------------------------------------
  int root(int node) {
    while (parent_[static_cast<size_t>(node)] != node) {
      auto& parent = parent_[static_cast<size_t>(node)];
      node = parent = parent_[static_cast<size_t>(parent)];
    }
    return node;
  }

  void number(const Value* value) {
    number_[value] = static_cast<int>(values_.size());
    parent_.push_back(static_cast<int>(values_.size()));
    values_.push_back(value);
  }

  void make_groups() {
    for (const Value* input : graph_.inputs()) number(input);
    for (const auto& op : graph_.ops()) {
      for (const Value* result : op->results) number(result);
      if (!indifferent_to_axes(*op)) continue;
      const auto tie = [&](const Value* value) {
        parent_[static_cast<size_t>(root(number_.at(value)))] = root(number_.at(op->result()));
      };
      for (const Value* result : op->results) tie(result);
      for (size_t i = 0; i < op->operands.size(); ++i) {
        if (follows_layout(*op, i)) tie(op->operands[i]);
      }
    }
    std::map<int, int> group_of_root;
    for (const Value* value : values_) {
      const auto [entry, fresh] = group_of_root.try_emplace(root(number_[value]), static_cast<int>(groups_.size()));
      if (fresh) groups_.emplace_back();
      group_of_[value] = entry->second;
      group_at(entry->second).values.push_back(value);
    }
  }

  void make_edges() {
    for (const auto& op : graph_.ops()) {
      if (is_layout_edge(*op)) {
        edges_.push_back({op.get(), group_of_.at(op->operand(0)), group_of_.at(op->result())});
      } else if (op->def->attribute("strides")) {
        group_at(group_of_.at(op->result())).spatial = true;
        if (!ir::constant_data(op->operand(0))) group_at(group_of_.at(op->operand(0))).spatial = true;
      } else if (indifferent_to_axes(*op) && !indifferent_to_columns(*op)) {
        group_at(group_of_.at(op->result())).columns_allowed = false;
      }
    }
  }

  // --- alternatives ---------------------------------------------------------------------------------------------
  // Across a transpose, each side would like to be kept as the other one is.
  void find_alternatives() {
    for (const Edge& edge : edges_) {
      if (!edge.op->is("transpose")) continue;
      const Permutation& perm = edge.op->integers("perm");
      const int64_t bytes = edge.op->result_type().bytes();
      group_at(edge.from).wishes[perm] += bytes;
      group_at(edge.to).wishes[inverse(perm)] += bytes;
    }
    for (Group& group : groups_) {
      int64_t most = 0;
      for (const auto& [perm, bytes] : group.wishes) {
        if (bytes <= most || is_identity(perm)) continue;
        most = bytes;
        group.other = {Storage::Kind::axes, perm, {}};
      }
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const Edge& edge : edges_) changed |= edge.op->is("reshape") && carry_over(edge);
    }
  }

  // A group without a wish takes the order that leaves a reshape free when the other side is moved.
  bool carry_over(const Edge& edge) {
    const Value* x = edge.op->operand(0);
    const Value* y = edge.op->result();
    if (has_other(edge.from) && !has_other(edge.to)) return derive(x, group_at(edge.from).other, y, edge.to);
    if (has_other(edge.to) && !has_other(edge.from)) return derive(y, group_at(edge.to).other, x, edge.from);
    return false;
  }

  bool derive(const Value* known, const Storage& storage, const Value* open, int group) {
    const Order wanted = stored_order(row_major(known->type.shape), storage);
    const auto perm = permutation_for(row_major(open->type.shape), wanted);
    if (perm) {
      if (is_identity(*perm)) return false;
      group_at(group).other = {Storage::Kind::axes, *perm, {}};
      return true;
    }
    return derive_columns(known, storage, open, group);
  }

  bool derive_columns(const Value* known, const Storage& storage, const Value* open, int group) {
    if (open->type.rank() < 2 || !group_at(group).columns_allowed) return false;
    const std::optional<Storage> columns = columns_of(known->type.shape, storage, open->type.shape.back());
    if (!columns || moves_nothing(open->type.shape, *columns)) return false;
    for (const Value* value : group_at(group).values) {
      const ir::Type& type = value->type;
      if (type.shape.back() != open->type.shape.back() || (type.quant && !type.quant->per_tensor())) return false;
    }
    group_at(group).other = *columns;
    return true;
  }

  // `storage` as an order of the last axis, when that is made of the trailing axes of `shape`.
  static std::optional<Storage> columns_of(const ir::Shape& shape, const Storage& storage, int64_t columns) {
    if (storage.kind == Storage::Kind::columns) {
      if (shape.back() != columns) return std::nullopt;
      return storage;
    }
    size_t first = shape.size();
    for (int64_t count = 1; first > 0 && count < columns;) count *= shape[--first];
    Storage result{
        Storage::Kind::columns, {}, ir::Shape(shape.begin() + static_cast<std::ptrdiff_t>(first), shape.end())};
    if (ir::element_count(result.inner) != columns) return std::nullopt;
    for (size_t i = 0; i < storage.perm.size(); ++i) {
      const int64_t axis = storage.perm[i];
      if ((i < first) != (axis < static_cast<int64_t>(first))) return std::nullopt;
      if (i < first && axis != static_cast<int64_t>(i)) return std::nullopt;
      if (i >= first) result.perm.push_back(axis - static_cast<int64_t>(first));
    }
    return result;
  }

  // --- prices ---------------------------------------------------------------------------------------------------
  void price_borders() {
    for (const Value* value : values_) {
      Group& group = group_at(group_of_.at(value));
      if (group.other.kind == Storage::Kind::as_is || moves_nothing(value->type.shape, group.other)) continue;
      const bool made_outside = !value->producer || !keeps_layout(*value->producer, group.other, nullptr);
      const auto used_outside = [&](const Op* user) { return !keeps_layout(*user, group.other, value); };
      const bool read_outside =
          graph_.is_output(value) || std::any_of(value->users.begin(), value->users.end(), used_outside);
      group.price += value->type.bytes() * ((made_outside ? 1 : 0) + (read_outside ? 1 : 0));
    }
  }

  // The operator does not mind that its operand or result is kept otherwise; edges have their own price.
  static bool keeps_layout(const Op& op, const Storage& storage, const Value* operand) {
    if (is_layout_edge(op) || indifferent_to_axes(op)) return true;
    return storage.kind == Storage::Kind::columns && operand && absorbs_columns(op) && op.operand(0) == operand;
  }

  void price_edge(Edge& edge) {
    const Order from = row_major(edge.op->operand_type(0).shape);
    const Order to = result_axes(*edge.op);
    const int64_t bytes = edge.op->result_type().bytes();
    for (const int a : {0, 1}) {
      for (const int b : {0, 1}) {
        const Order source = a ? stored_order(from, group_at(edge.from).other) : from;
        const Order target = b ? stored_order(to, group_at(edge.to).other) : to;
        const int moves = same_order(source, target) ? 0 : a && b && edge.op->is("reshape") ? 2 : 1;
        edge.cost[static_cast<size_t>(a)][static_cast<size_t>(b)] = moves * bytes;
      }
    }
  }

  // --- the cut --------------------------------------------------------------------------------------------------
  // Neighbours that like to differ get opposite variables, so that all neighbours like to agree. Starts where the
  // spatial operators are: ties are then decided for channels last.
  void orient() {
    std::vector<bool> done(groups_.size(), false);
    for (const bool spatial : {true, false}) {
      for (size_t g = 0; g < groups_.size(); ++g) {
        if (!done[g] && groups_[g].spatial == spatial && has_other(static_cast<int>(g)))
          spread(static_cast<int>(g), done);
      }
    }
  }

  void spread(int start, std::vector<bool>& done) {
    done[static_cast<size_t>(start)] = true;
    std::vector<int> queue = {start};
    for (size_t at = 0; at < queue.size(); ++at) {
      for (const Edge& edge : edges_) {
        if (edge.from != queue[at] && edge.to != queue[at]) continue;
        const int next = edge.from == queue[at] ? edge.to : edge.from;
        if (done[static_cast<size_t>(next)] || !has_other(next)) continue;
        const int64_t agree = edge.cost[0][0] + edge.cost[1][1];
        const int64_t differ = edge.cost[0][1] + edge.cost[1][0];
        if (agree == differ) continue;
        group_at(next).reversed = group_at(queue[at]).reversed != (differ < agree);
        done[static_cast<size_t>(next)] = true;
        queue.push_back(next);
      }
    }
  }

  int64_t bytes_moved(const std::vector<bool>& moved) const {
    int64_t bytes = 0;
    for (size_t g = 0; g < groups_.size(); ++g) bytes += moved[g] ? groups_[g].price : 0;
    for (const Edge& edge : edges_)
      bytes += edge.cost[moved[static_cast<size_t>(edge.from)]][moved[static_cast<size_t>(edge.to)]];
    return bytes;
  }

  void add_cost(MinCut& cut, int group, int64_t as_is, int64_t otherwise) const {
    if (!has_other(group)) return;
    if (group_at(group).reversed) std::swap(as_is, otherwise);
    cut.add(group, as_is, otherwise);
  }

  // Pairs that a cut cannot express are left out: their bytes are paid either way.
  void add_edge(MinCut& cut, const Edge& edge) const {
    if (edge.from == edge.to) return add_cost(cut, edge.from, edge.cost[0][0], edge.cost[1][1]);
    if (!has_other(edge.from)) return add_cost(cut, edge.to, edge.cost[0][0], edge.cost[0][1]);
    if (!has_other(edge.to)) return add_cost(cut, edge.from, edge.cost[0][0], edge.cost[1][0]);
    MinCut::PairCost cost = edge.cost;
    if (group_at(edge.from).reversed) std::swap(cost[0], cost[1]);
    if (group_at(edge.to).reversed) {
      std::swap(cost[0][0], cost[0][1]);
      std::swap(cost[1][0], cost[1][1]);
    }
    if (MinCut::expressible(cost)) cut.add(edge.from, edge.to, cost);
  }

  const ir::Graph& graph_;
  std::vector<const Value*> values_;
  std::unordered_map<const Value*, int> number_;
  std::vector<int> parent_;
  std::vector<Group> groups_;
  std::unordered_map<const Value*, int> group_of_;
  std::vector<Edge> edges_;
};

}  // namespace

std::unordered_map<const Value*, Storage> choose_layout(const ir::Graph& graph) { return Chooser(graph).solve(); }

}  // namespace tinyc
