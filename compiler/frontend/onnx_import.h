// SPDX-License-Identifier: Apache-2.0
// OnnxModel -> ir::Graph: pins dimensions, inlines model-local functions, and calls the ONNX rule of every node's
// operator.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "ir/graph.h"
#include "ir/onnx_node.h"

namespace tinyc {

struct ImportOptions {
  std::map<std::string, int64_t> dims = {};             // --dim NAME=N
  // Inputs and outputs that are one state (--state IN=OUT): the last of the graph, in this order.
  std::vector<std::pair<std::string, std::string>> states = {};
  std::map<std::string, ir::Tensor> fixed_inputs = {};  // graph inputs that are known: they become constants
};

// nullptr after errors; all problems of the model are reported at once.
std::unique_ptr<ir::Graph> import_onnx(const ir::OnnxModel& model, const ImportOptions& options,
                                       Diagnostics& diagnostics);

}  // namespace tinyc
