// SPDX-License-Identifier: Apache-2.0
// Integer layers and the operators between them, seen as maps from channels to channels (indices of the last axis).
#pragma once

#include <optional>

#include "ir/graph.h"
#include "ir/tensor.h"

namespace tinyc {

// A quantised conv or fully_connected with constant weights and bias: weights [outputs][taps][inputs_per_group].
struct LayerChannels {
  const ir::Tensor* weights;
  const ir::Tensor* bias;  // nullptr: none
  int64_t outputs, taps, inputs_per_group, groups;
  bool padded;  // some window reaches outside the input

  int64_t outputs_per_group() const { return outputs / groups; }
  // One input channel per group: an output channel depends on one input channel only.
  bool depthwise() const { return groups > 1 && inputs_per_group == 1; }
};
std::optional<LayerChannels> layer_channels(const ir::Op& op);

// Some window reaches outside the input.
bool pads(const ir::Op& op);

// Result channel c comes from operand channel c alone: quantised pools, means over space, and views that keep the last
// axis.
bool keeps_channels(const ir::Op& op);

}  // namespace tinyc
