// SPDX-License-Identifier: Apache-2.0
// Checks that a graph keeps the rules of the IR. Run after every pass.
#pragma once

#include "compiler/support/result.h"
#include "ir/graph.h"

namespace tinyc::ir {

// Operand and attribute schema, inferred types against the stated ones, quantisation parameters, the operator's own
// rules.
Status verify(const Op& op);
// All operators; values made before use; use lists and names consistent. The message shows the operator.
Status verify(const Graph& graph);
// Finite positive scales, zero points in range, counts that fit the axis.
Status verify_quantization(const Type& type);

}  // namespace tinyc::ir
