// SPDX-License-Identifier: Apache-2.0
// Chooses for every value in which order it is kept. Part of assign_layout.
#pragma once

#include <unordered_map>

#include "ir/graph.h"
#include "passes/layout_order.h"

namespace tinyc {

// The axes of an edge operator's result, as walks over its operand: transpose and reshape only.
Order result_axes(const ir::Op& edge);
bool is_layout_edge(const ir::Op& op);

// Values that are kept otherwise than they stand in the graph. Moves the fewest bytes in transposes, given for each
// group of values one other order to choose from; empty if that moves no fewer than now.
std::unordered_map<const ir::Value*, Storage> choose_layout(const ir::Graph& graph);

}  // namespace tinyc
