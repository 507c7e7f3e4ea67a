// SPDX-License-Identifier: Apache-2.0
// Which tensors of a graph hold the same numbers, and which of them are worth comparing.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/graph.h"

namespace tinyc {

// Results worth comparing: what only moves or recasts elements shows nothing new.
bool is_layer(const ir::Op& op);
// Named by the graph, not by the model.
bool is_made_up(const ir::Value& value);

// Values that depend on the graph's inputs, in layers: what dequantize, quant_cast, copy, transpose and a first
// quantize make of a value is in the value's layer. A value that is quantised a second time begins a layer of its own.
class TensorLayers {
 public:
  using Layer = std::vector<const ir::Value*>;  // in graph order; the first one is made by the layer's operator

  explicit TensorLayers(const ir::Graph& graph);
  const std::vector<Layer>& all() const { return layers_; }
  // The value of that name and its layer; nullptr if the graph has no such tensor, or only as a constant.
  const ir::Value* find(const std::string& tensor) const;
  const Layer* layer_of(const std::string& tensor) const;
  // The only operator that reads the layer, if it works element by element on nothing else but constants and the layer
  // is no output: an activation, a factor, an offset. nullptr otherwise.
  const ir::Op* only_elementwise_reader(const Layer& layer) const;

 private:
  const ir::Graph& graph_;
  std::unordered_map<std::string, size_t> index_;
  std::vector<Layer> layers_;
};

}  // namespace tinyc
