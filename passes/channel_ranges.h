// SPDX-License-Identifier: Apache-2.0
// Interval analysis: between which integers every channel (index of the last axis) of a quantised value stays, whatever
// the inputs of the model are.
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace tinyc {

struct ChannelRange {
  std::vector<int64_t> low, high;  // stored integers, one per channel

  bool constant(size_t channel) const { return low[channel] == high[channel]; }
};

// Of quantised values of rank 1 and more, up to 16 bits; others have none. Bounds are those of the exact arithmetic
// that the operators specify (docs/numerics.md), the rounding included; an operator that the analysis does not know
// gives the whole range of its element.
using ChannelRanges = std::unordered_map<const ir::Value*, ChannelRange>;
ChannelRanges channel_ranges(const ir::Graph& graph);

}  // namespace tinyc
