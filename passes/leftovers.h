// SPDX-License-Identifier: Apache-2.0
// What the pipeline could not remove and a user wants to know of.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace tinyc {

struct Leftovers {
  std::vector<const ir::Op*> transposes;  // that move elements at run time
  int64_t transposed_bytes = 0;
  std::vector<const ir::Op*> float_islands;  // float operators in a graph that also computes on quantised integers
};
Leftovers find_leftovers(const ir::Graph& graph);

}  // namespace tinyc
