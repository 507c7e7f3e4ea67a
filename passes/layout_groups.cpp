// SPDX-License-Identifier: Apache-2.0
#include "passes/layout_groups.h"

#include "ir/op_def.h"
#include "passes/layout_rules.h"

namespace tinyc {

using ir::Op;
using ir::Value;

bool is_layout_edge(const Op& op) {
  return (op.is("transpose") || op.is("reshape")) && !ir::constant_data(op.operand(0));
}

Order result_axes(const Op& edge) {
  if (edge.is("reshape")) return row_major(edge.result_type().shape);
  return permuted(row_major(edge.operand_type(0).shape), edge.integers("perm"));
}

LayoutGroups::LayoutGroups(const ir::Graph& graph) {
  tie_operators(graph);
  make_groups();
  for (const auto& op : graph.ops()) describe(*op);
  find_alternatives();
}

// --- groups: union-find over the values ---------------------------------------------------------------------------
int LayoutGroups::root(int node) {
  while (parent_[static_cast<size_t>(node)] != node) {
    int& parent = parent_[static_cast<size_t>(node)];
    node = parent = parent_[static_cast<size_t>(parent)];
  }
  return node;
}

void LayoutGroups::number(const Value* value) {
  number_[value] = static_cast<int>(values_.size());
  parent_.push_back(static_cast<int>(values_.size()));
  values_.push_back(value);
}

void LayoutGroups::tie_operators(const ir::Graph& graph) {
  for (const Value* input : graph.inputs()) number(input);
  for (const auto& op : graph.ops()) {
    for (const Value* result : op->results) number(result);
    if (!indifferent_to_axes(*op)) continue;
    const int hub = root(number_.at(op->result()));
    for (const Value* result : op->results) parent_[static_cast<size_t>(root(number_.at(result)))] = hub;
    for (size_t i = 0; i < op->operands.size(); ++i) {
      if (follows_layout(*op, i)) parent_[static_cast<size_t>(root(number_.at(op->operands[i])))] = hub;
    }
  }
}

void LayoutGroups::make_groups() {
  std::map<int, int> group_of_root;
  for (const Value* value : values_) {
    const auto [entry, fresh] = group_of_root.try_emplace(root(number_[value]), static_cast<int>(groups_.size()));
    if (fresh) groups_.emplace_back();
    group_of_[value] = entry->second;
    groups_[static_cast<size_t>(entry->second)].values.push_back(value);
  }
}

void LayoutGroups::describe(const Op& op) {
  if (is_layout_edge(op)) {
    edges_.push_back(&op);
  } else if (op.def->attribute("strides")) {
    group(op.result()).spatial = true;
    group(op.operand(0)).spatial = true;
  } else if (indifferent_to_axes(op) && !indifferent_to_columns(op)) {
    group(op.result()).columns_allowed = false;
  }
}

// --- alternatives -------------------------------------------------------------------------------------------------
// Across a transpose, each side would like to be kept as the other one is; the most bytes win.
void LayoutGroups::find_alternatives() {
  for (const Op* edge : edges_) {
    if (!edge->is("transpose")) continue;
    const Permutation& perm = edge->integers("perm");
    const int64_t bytes = edge->result_type().bytes();
    group(edge->operand(0)).wishes[perm] += bytes;
    group(edge->result()).wishes[inverse(perm)] += bytes;
  }
  for (LayoutGroup& group : groups_) {
    int64_t most = 0;
    for (const auto& [perm, bytes] : group.wishes) {
      if (bytes <= most || is_identity(perm)) continue;
      most = bytes;
      group.other = {Storage::Kind::axes, perm, {}};
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Op* edge : edges_) changed |= edge->is("reshape") && carry_over(*edge);
  }
}

// A group without a wish takes the order that leaves a reshape free when the other side is moved.
bool LayoutGroups::carry_over(const Op& reshape) {
  const Value* x = reshape.operand(0);
  const Value* y = reshape.result();
  if (of(x).has_other() == of(y).has_other()) return false;
  return of(x).has_other() ? derive(x, y) : derive(y, x);
}

bool LayoutGroups::derive(const Value* known, const Value* open) {
  const Order wanted = stored_order(row_major(known->type.shape), of(known).other);
  const auto perm = permutation_for(row_major(open->type.shape), wanted);
  if (!perm) return derive_columns(known, open);
  if (is_identity(*perm)) return false;
  group(open).other = {Storage::Kind::axes, *perm, {}};
  return true;
}

namespace {

// `storage` of `shape` as an order of a last axis of `columns` elements, when that is made of its trailing axes.
std::optional<Storage> columns_of(const ir::Shape& shape, const Storage& storage, int64_t columns) {
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
    const bool leading = i < first;
    if (leading != (axis < static_cast<int64_t>(first))) return std::nullopt;
    if (leading && axis != static_cast<int64_t>(i)) return std::nullopt;
    if (!leading) result.perm.push_back(axis - static_cast<int64_t>(first));
  }
  return result;
}

}  // namespace

bool LayoutGroups::derive_columns(const Value* known, const Value* open) {
  if (open->type.rank() < 2 || !of(open).columns_allowed) return false;
  const int64_t count = open->type.shape.back();
  const std::optional<Storage> columns = columns_of(known->type.shape, of(known).other, count);
  if (!columns || moves_nothing(open->type.shape, *columns)) return false;
  for (const Value* value : of(open).values) {
    const ir::Type& type = value->type;
    if (type.shape.back() != count || (type.quant && !type.quant->per_tensor())) return false;
  }
  group(open).other = *columns;
  return true;
}

}  // namespace tinyc
