// SPDX-License-Identifier: Apache-2.0
// What the pipeline could not remove and a user wants to know of.
#pragma once

#include <string>
#include <vector>

#include "passes/float_reasons.h"

namespace tinyc {

// An operator that computes in floats in a graph that also computes on quantised integers.
struct FloatIsland {
  const ir::Op* op;
  std::string reason;  // why it has no integers, found on the graph as it is now
};

struct Leftovers {
  std::vector<const ir::Op*> transposes;  // that move elements at run time
  int64_t transposed_bytes = 0;
  std::vector<FloatIsland> float_islands;
};
Leftovers find_leftovers(const ir::Graph& graph, const HasKernel& has_kernel = {});

}  // namespace tinyc
