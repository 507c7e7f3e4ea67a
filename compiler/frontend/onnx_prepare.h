// SPDX-License-Identifier: Apache-2.0
// What happens to ONNX nodes before they become operators: model-local functions are inlined, nodes sorted.
#pragma once

#include <vector>

#include "compiler/support/diagnostics.h"
#include "ir/onnx_node.h"

namespace tinyc {

// The main graph's nodes with every call of a model-local function replaced by its body, in an order in which every
// tensor is made before it is used. Reports cycles, tensors made twice or never, and functions that call themselves.
std::vector<ir::OnnxNode> prepared_nodes(const ir::OnnxModel& model, Diagnostics& diagnostics);

}  // namespace tinyc
