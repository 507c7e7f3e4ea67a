// SPDX-License-Identifier: Apache-2.0
// Chooses for every value in which order it is kept. Part of assign_layout.
#pragma once

#include <unordered_map>

#include "ir/graph.h"
#include "passes/layout_order.h"

namespace tinyc {

// Values that are kept otherwise than they stand in the graph. Moves the fewest bytes in transposes, given one
// other order to choose from for each group of values; empty if that moves no fewer than now.
std::unordered_map<const ir::Value*, Storage> choose_layout(const ir::Graph& graph);

}  // namespace tinyc
