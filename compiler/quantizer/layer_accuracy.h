// SPDX-License-Identifier: Apache-2.0
// Two executions of a model, or of two models, compared layer by layer: the reference is the graph as it was imported
// (floats where ONNX says floats), the other one any graph, usually after all passes.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/quantizer/value_difference.h"
#include "ir/graph.h"

namespace tinyc {

struct LayerAccuracy {
  std::string name;        // tensor of the executed graph; the model's name where it has one
  std::string reference;   // tensor of the reference
  std::string matched_by;  // "name", "output" (position) or "order"
  std::string op;
  std::vector<std::string> nodes;  // of the executed model
  std::string type;
  std::optional<double> step;  // scale of the executed tensor, or of the reference; nothing for floats
  ValueDifference difference;
};

// A layer without a partner.
struct UnmatchedLayer {
  std::string name;
  std::string op;
  std::vector<std::string> nodes;
};

class LayerComparison {
 public:
  // `imported`: the executed model as it was imported, for the names of its tensors (the reference itself if both are
  // one model). The graphs must stay.
  LayerComparison(const ir::Graph& reference, const ir::Graph& imported, const ir::Graph& executed);

  // Runs both on one data set, given in the form of each graph's inputs. Outputs of the executed graph.
  std::vector<ir::Tensor> run(std::span<const ir::Tensor> reference_inputs,
                              std::span<const ir::Tensor> executed_inputs);

  const std::vector<LayerAccuracy>& layers() const { return layers_; }  // in the order of execution
  const std::vector<UnmatchedLayer>& only_in_reference() const { return only_in_reference_; }
  const std::vector<UnmatchedLayer>& only_in_executed() const { return only_in_executed_; }

 private:
  struct Partner {
    const ir::Value* reference;
    size_t layer;  // index into layers_
  };

  const ir::Graph& reference_;
  const ir::Graph& executed_;
  std::unordered_map<const ir::Value*, Partner> partners_;  // of executed values
  std::vector<LayerAccuracy> layers_;
  std::vector<UnmatchedLayer> only_in_reference_;
  std::vector<UnmatchedLayer> only_in_executed_;
};

}  // namespace tinyc
