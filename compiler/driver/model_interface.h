// SPDX-License-Identifier: Apache-2.0
// What the model's inputs and outputs look like to the caller of the emitted code: --io-layout and --io-type. Data
// files keep the model's own form and are converted.
#pragma once

#include <optional>
#include <vector>

#include "compiler/driver/options.h"
#include "ir/graph.h"

namespace tinyc {

// How a port differs from the model's tensor.
struct PortForm {
  ir::Type model;                     // as in the ONNX file
  bool rows = false;                  // channels last
  std::optional<ir::Type> quantized;  // int8 where the model has float (shape as in the interface)
  std::optional<ir::Type> real;       // float where the model has integers of this type
};

struct ModelInterface {
  std::vector<PortForm> inputs;
  std::vector<PortForm> outputs;
};

ModelInterface interface_of(const ir::Graph& graph);
// Applies the options to a graph after its passes: drops a transpose at an input or output, and adds or drops a
// quantisation there. An input or output that cannot be int8 is an error.
void shape_interface(ir::Graph& graph, const Options& options, ModelInterface& interface, Diagnostics& diagnostics);

// The model's tensor as the caller passes it, and a result as the model has it.
ir::Tensor to_interface(const ir::Tensor& tensor, const PortForm& form);
ir::Tensor from_interface(const ir::Tensor& tensor, const PortForm& form);

}  // namespace tinyc
