// SPDX-License-Identifier: Apache-2.0
// Each value is kept as it stands or in its group's other order. Keeping all of a group alike costs nothing; bytes are
// paid where a group is cut, where a transpose or reshape between groups must move elements, and where a moved value is
// a graph input or output or meets a particular operator. Where only axes of size 1 move, the price is that of a view:
// next to nothing, but enough to keep operators that could be fused next to each other. The cheapest choice is a
// minimum cut: each value is a variable, counted so that neighbours like to agree.
#include "passes/layout_choice.h"

#include <algorithm>

#include "ir/op_def.h"
#include "passes/layout_groups.h"
#include "passes/layout_rules.h"
#include "passes/min_cut.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

// A view costs less than any byte moved; at the border of the graph or of a particular operator, less than elsewhere.
constexpr int64_t kByte = 1024;
constexpr int64_t kView = 2;
constexpr int64_t kBorderView = 1;

struct Pair {
  int from;
  int to;
  MinCut::PairCost cost;  // by "kept otherwise" of from and to
};

class Chooser {
 public:
  explicit Chooser(const ir::Graph& graph) : graph_(graph), groups_(graph), reversed_(groups_.count(), false) {
    for (const Value* value : groups_.values()) {
      variable_[value] = static_cast<int>(prices_.size());
      prices_.push_back(border_price(value));
    }
    for (const Op* edge : groups_.edges())
      pairs_.push_back({variable_.at(edge->operand(0)), variable_.at(edge->result()), edge_cost(*edge)});
    orient();
    for (const auto& op : graph.ops()) {
      if (indifferent_to_axes(*op)) add_ties(*op);
    }
  }

  std::unordered_map<const Value*, Storage> solve() {
    MinCut cut(static_cast<int>(prices_.size()));
    for (size_t v = 0; v < prices_.size(); ++v) add_single(cut, static_cast<int>(v), 0, prices_[v]);
    for (const Pair& pair : pairs_) add_pair(cut, pair);
    std::vector<bool> moved = cut.solve();
    for (size_t v = 0; v < moved.size(); ++v)
      moved[v] = has_other(static_cast<int>(v)) && moved[v] != is_reversed(static_cast<int>(v));
    std::unordered_map<const Value*, Storage> chosen;
    if (price(moved) >= price(std::vector<bool>(moved.size(), false))) return chosen;
    for (const Value* value : groups_.values()) {
      if (moved[static_cast<size_t>(variable_.at(value))]) chosen[value] = groups_.of(value).other;
    }
    return chosen;
  }

 private:
  const Value* value_of(int variable) const { return groups_.values()[static_cast<size_t>(variable)]; }
  bool has_other(int variable) const { return groups_.of(value_of(variable)).has_other(); }
  bool is_reversed(int variable) const { return reversed_[static_cast<size_t>(groups_.index_of(value_of(variable)))]; }

  // --- prices ---------------------------------------------------------------------------------------------------
  int64_t price_to_move(const Value* value, int64_t view) const {
    const Storage& other = groups_.of(value).other;
    if (stored_type(value->type, other) == value->type && moves_nothing(value->type.shape, other)) return 0;
    return moves_nothing(value->type.shape, other) ? view : value->type.bytes() * kByte;
  }

  // Of converting a moved value where it is made or read by something with an order of its own.
  int64_t border_price(const Value* value) const {
    const Storage& other = groups_.of(value).other;
    const bool made_outside = !value->producer || !keeps_layout(*value->producer, other, nullptr);
    const auto outside = [&](const Op* user) { return !keeps_layout(*user, other, value); };
    const bool read_outside = graph_.is_output(value) || std::any_of(value->users.begin(), value->users.end(), outside);
    return price_to_move(value, kBorderView) * ((made_outside ? 1 : 0) + (read_outside ? 1 : 0));
  }

  // The operator takes its operand or result kept otherwise, or has its own price.
  static bool keeps_layout(const Op& op, const Storage& storage, const Value* operand) {
    if (is_layout_edge(op) || indifferent_to_axes(op)) return true;
    return storage.kind == Storage::Kind::columns && operand && absorbs_columns(op) && op.operand(0) == operand;
  }

  MinCut::PairCost edge_cost(const Op& edge) const {
    const Storage as_is;
    MinCut::PairCost cost;
    for (const size_t a : {0, 1}) {
      for (const size_t b : {0, 1}) {
        cost[a][b] = edge_price(edge, a ? groups_.of(edge.operand(0)).other : as_is,
                                b ? groups_.of(edge.result()).other : as_is);
      }
    }
    return cost;
  }

  static int64_t edge_price(const Op& edge, const Storage& from, const Storage& to) {
    const Order source = stored_order(row_major(edge.operand_type(0).shape), from);
    const Order target = stored_order(result_axes(edge), to);
    if (same_order(source, target))
      return stored_type(edge.operand_type(0), from).shape == stored_type(edge.result_type(), to).shape ? 0 : kView;
    if (edge.is("transpose")) return edge.result_type().bytes() * kByte;
    const bool twice = from.kind != Storage::Kind::as_is && to.kind != Storage::Kind::as_is;
    return (twice ? 2 : 1) * edge.result_type().bytes() * kByte + kView;
  }

  void add_ties(const Op& op) {
    const int result = variable_.at(op.result());
    for (size_t i = 0; i < op.operands.size(); ++i) {
      if (!follows_layout(op, i)) continue;
      const int64_t price = price_to_move(op.operands[i], kView);
      pairs_.push_back({variable_.at(op.operands[i]), result, {{{0, price}, {price, 0}}}});
    }
  }

  // --- the cut --------------------------------------------------------------------------------------------------
  // Groups that like to differ get opposite variables, so that all neighbours like to agree. Starts where the spatial
  // operators are: ties are then decided for channels last.
  void orient() {
    std::vector<bool> done(groups_.count(), false);
    for (const bool spatial : {true, false}) {
      for (size_t g = 0; g < groups_.count(); ++g) {
        const LayoutGroup& group = groups_.at(static_cast<int>(g));
        if (!done[g] && group.spatial == spatial && group.has_other()) spread(g, done);
      }
    }
  }

  void spread(size_t start, std::vector<bool>& done) {
    done[start] = true;
    std::vector<size_t> queue = {start};
    for (size_t at = 0; at < queue.size(); ++at) {
      for (const Pair& pair : pairs_) {
        const auto from = static_cast<size_t>(groups_.index_of(value_of(pair.from)));
        const auto to = static_cast<size_t>(groups_.index_of(value_of(pair.to)));
        if (from != queue[at] && to != queue[at]) continue;
        const size_t next = from == queue[at] ? to : from;
        const int64_t agree = pair.cost[0][0] + pair.cost[1][1];
        const int64_t differ = pair.cost[0][1] + pair.cost[1][0];
        if (done[next] || !groups_.at(static_cast<int>(next)).has_other() || agree == differ) continue;
        reversed_[next] = reversed_[queue[at]] != (differ < agree);
        done[next] = true;
        queue.push_back(next);
      }
    }
  }

  void add_single(MinCut& cut, int variable, int64_t as_is, int64_t otherwise) const {
    if (!has_other(variable)) return;
    if (is_reversed(variable)) std::swap(as_is, otherwise);
    cut.add(variable, as_is, otherwise);
  }

  // Pairs that a cut cannot express are left out: their bytes are paid either way.
  void add_pair(MinCut& cut, const Pair& pair) const {
    MinCut::PairCost cost = pair.cost;
    if (pair.from == pair.to) return add_single(cut, pair.from, cost[0][0], cost[1][1]);
    if (!has_other(pair.from)) return add_single(cut, pair.to, cost[0][0], cost[0][1]);
    if (!has_other(pair.to)) return add_single(cut, pair.from, cost[0][0], cost[1][0]);
    if (is_reversed(pair.from)) std::swap(cost[0], cost[1]);
    if (is_reversed(pair.to)) {
      std::swap(cost[0][0], cost[0][1]);
      std::swap(cost[1][0], cost[1][1]);
    }
    if (MinCut::expressible(cost)) cut.add(pair.from, pair.to, cost);
  }

  int64_t price(const std::vector<bool>& moved) const {
    int64_t total = 0;
    for (size_t v = 0; v < moved.size(); ++v) total += moved[v] ? prices_[v] : 0;
    for (const Pair& pair : pairs_)
      total += pair.cost[moved[static_cast<size_t>(pair.from)]][moved[static_cast<size_t>(pair.to)]];
    return total;
  }

  const ir::Graph& graph_;
  LayoutGroups groups_;
  std::unordered_map<const Value*, int> variable_;
  std::vector<int64_t> prices_;  // of keeping the value otherwise
  std::vector<Pair> pairs_;
  std::vector<bool> reversed_;  // by group
};

}  // namespace

std::unordered_map<const Value*, Storage> choose_layout(const ir::Graph& graph) { return Chooser(graph).solve(); }

}  // namespace tinyc
