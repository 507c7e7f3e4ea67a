// SPDX-License-Identifier: Apache-2.0
// Why an operator computes in floats: the rules of lower_qdq, asked of a graph after all passes.
#pragma once

#include <functional>
#include <string>

#include "ir/graph.h"

namespace tinyc {

// Whether the target computes an integer operator; empty = all of them (as in PassContext).
using HasKernel = std::function<bool(const ir::Op&)>;

// All that stands in the way, separated by "; ". Dequantized constants have been folded by then, so that of a constant
// operand it is only known that no integers were found for it.
std::string why_float(const ir::Graph& graph, const ir::Op& op, const HasKernel& has_kernel);

}  // namespace tinyc
