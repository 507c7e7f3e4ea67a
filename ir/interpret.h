// SPDX-License-Identifier: Apache-2.0
// Runs a graph on the PC with the operators' reference functions. Slow and obvious; the oracle for kernels.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace tinyc::ir {

// Called with every value as it is made (graph inputs first); for calibration and comparisons.
using Observer = std::function<void(const Value&, const Tensor&)>;

// Inputs in graph order with the inputs' types. Results in the order of the graph's outputs.
std::vector<Tensor> interpret(const Graph& graph, std::span<const Tensor> inputs, const Observer& observer = {});

// Evaluates one operator.
std::vector<Tensor> evaluate(const Op& op, std::span<const Tensor* const> operands);

}  // namespace tinyc::ir
