// SPDX-License-Identifier: Apache-2.0
// The tables of unary operators on 16-bit quantised operands.
#pragma once

#include "ir/function_table.h"
#include "ir/op_def.h"

namespace tinyc::ir {

// The table of a unary operator whose operand has 16 bits; nullptr for other operands, or if the table would be too
// large. Made once per function and quantisation, and kept.
const FunctionTable* unary_table(const Op& op);
// Operand integers are counted from the lowest one.
inline int64_t unary_table_index(const Op& op, int64_t q) { return q - lowest(op.operand_type(0).element); }

}  // namespace tinyc::ir
