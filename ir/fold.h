// SPDX-License-Identifier: Apache-2.0
// Evaluation of operators whose operands are all constant.
#pragma once

#include "ir/graph.h"

namespace tinyc::ir {

// Replaces the operator by constants when all its operands are known, and erases it. Gives whether it did.
// Left alone: random operators, and dequantize (its operand is wanted by the integer forms; `dequantize_too` lifts
// that).
bool fold_constant_op(Graph& graph, Op* op, bool dequantize_too = false);

}  // namespace tinyc::ir
