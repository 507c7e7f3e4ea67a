// SPDX-License-Identifier: Apache-2.0
// What happens to ONNX nodes before they become operators: model-local functions are inlined, nodes sorted.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "ir/onnx_node.h"

namespace tinyc {

// The graph's nodes with every call of a model-local function replaced by its body, in an order in which every tensor
// is made before it is used; nodes that no output needs are left out. `outer` names the tensors that a subgraph may use
// from outside. Reports cycles, tensors made twice or never, and functions that call themselves.
std::vector<ir::OnnxNode> prepared_nodes(const ir::OnnxModel& model, const ir::OnnxGraph& graph,
                                         const std::set<std::string>& outer, Diagnostics& diagnostics);

}  // namespace tinyc
