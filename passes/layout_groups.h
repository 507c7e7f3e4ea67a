// SPDX-License-Identifier: Apache-2.0
// Values that would like to be kept alike, and the one other order each such group may be kept in. Part of
// assign_layout.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"
#include "passes/layout_order.h"

namespace tinyc {

// Values that indifferent operators tie together.
struct LayoutGroup {
  std::vector<const ir::Value*> values;
  bool spatial = false;                        // touches a convolution or pool: the side that channels-last is on
  bool columns_allowed = true;                 // only operators that are indifferent to columns tie it
  Storage other = {};                          // as_is: no alternative
  std::map<Permutation, int64_t> wishes = {};  // by bytes

  bool has_other() const { return other.kind != Storage::Kind::as_is; }
};

class LayoutGroups {
 public:
  explicit LayoutGroups(const ir::Graph& graph);

  const std::vector<const ir::Value*>& values() const { return values_; }  // in graph order
  const std::vector<const ir::Op*>& edges() const { return edges_; }       // transposes and reshapes
  size_t count() const { return groups_.size(); }
  int index_of(const ir::Value* value) const { return group_of_.at(value); }
  const LayoutGroup& at(int index) const { return groups_[static_cast<size_t>(index)]; }
  const LayoutGroup& of(const ir::Value* value) const { return at(index_of(value)); }

 private:
  LayoutGroup& group(const ir::Value* value) { return groups_[static_cast<size_t>(group_of_.at(value))]; }
  int root(int node);
  void number(const ir::Value* value);
  void tie_operators(const ir::Graph& graph);
  void make_groups();
  void describe(const ir::Op& op);
  void find_alternatives();
  bool carry_over(const ir::Op& reshape);
  bool derive(const ir::Value* known, const ir::Value* open);
  bool derive_columns(const ir::Value* known, const ir::Value* open);

  std::vector<const ir::Value*> values_;
  std::unordered_map<const ir::Value*, int> number_;
  std::vector<int> parent_;
  std::vector<LayoutGroup> groups_;
  std::unordered_map<const ir::Value*, int> group_of_;
  std::vector<const ir::Op*> edges_;
};

// A transpose or reshape of something that is not constant.
bool is_layout_edge(const ir::Op& op);
// The axes of an edge's result, as walks over its operand.
Order result_axes(const ir::Op& edge);

}  // namespace tinyc
