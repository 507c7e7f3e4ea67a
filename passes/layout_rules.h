// SPDX-License-Identifier: Apache-2.0
// Which operators do not care in which order the axes of their operands come. Part of assign_layout.
#pragma once

#include "ir/graph.h"
#include "passes/layout_order.h"

namespace tinyc {

// Known now: a constant, or what dequantize makes of one (whose integers lower_qdq may still want).
bool is_known(const ir::Value* value);

// The operator computes the same on operands and results whose axes are permuted alike, after its attributes are.
bool indifferent_to_axes(const ir::Op& op);
// As that, for any order of the elements of the last axis.
bool indifferent_to_columns(const ir::Op& op);
// Operand `index` must be kept like the results (not known).
bool follows_layout(const ir::Op& op, size_t index);
ir::Attributes permuted_attributes(const ir::Op& op, const Permutation& perm);

// A fully connected layer whose weights are known: it may take its operand's columns in any order.
bool absorbs_columns(const ir::Op& op);

}  // namespace tinyc
