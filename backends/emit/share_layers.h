// SPDX-License-Identifier: Apache-2.0
// Layers that differ only in where their tensors lie and in their constants: one body for all of them.
#pragma once

#include <string>
#include <vector>

#include "backends/emit/emission_plan.h"

namespace tinyc {

// Everything that the body of a layer's function depends on; empty if the layer needs a body of its own (batches,
// operands that are constants or an array).
std::string layer_body_key(const EmittedLayer& layer);

// What the shared body is called with, and its parameters: bases of rows, constants, scratch.
std::string shared_arguments(const EmittedLayer& layer, const std::vector<std::string>& constants);
std::string shared_parameters(const EmittedLayer& layer);

}  // namespace tinyc
