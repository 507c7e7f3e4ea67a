// SPDX-License-Identifier: Apache-2.0
// Which tensors of two graphs are the same layer.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/quantizer/tensor_layers.h"

namespace tinyc {

struct LayerMatch {
  const ir::Value* reference;  // as integers with a scale, where it is quantised
  const ir::Value* executed;
  std::string_view by;  // "name", "output" or "order"
};

// A layer without a partner, by the tensor that has a name of the model where one has.
struct LeftLayer {
  const ir::Op* op;
  const ir::Value* shown;
};

struct LayerMatches {
  std::vector<LayerMatch> matches;  // in the order of execution of the executed graph
  std::vector<LeftLayer> only_in_reference;
  std::vector<LeftLayer> only_in_executed;
};

// By the names that the model gives: the tensor's own, those of its layer in `imported`, or that of what a reshape
// makes of it. Then outputs by their position. Then, between two models, by order: if the layers that are left are
// equally many and all have the same numbers of elements (activations and constant factors going with what they are
// applied to). `imported` is the executed graph's model before all passes; the reference itself if both are one model.
LayerMatches match_layers(const ir::Graph& reference, const ir::Graph& imported, const ir::Graph& executed);

}  // namespace tinyc
