// SPDX-License-Identifier: Apache-2.0
// Element-wise functions of quantised integers: their scalar calls with everything that the compiler knows folded in.
#pragma once

#include "backends/kernel.h"
#include "ir/numerics.h"

namespace tinyc {

// Nothing if a binary operator on 8-bit integers has a scalar form (add_q8 ...) that fits 64-bit arithmetic.
std::optional<std::string> need_quantized_binary(const ir::Op& op);
ScalarCall quantized_binary(const ir::Op& op);

// The operators that kernels with tables compute: functions of one quantised variable, and changes of quantisation.
inline const std::vector<std::string_view> kTableOps = {
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "celu",
    "clip",
    "cos",
    "cosh",
    "elu",
    "erf",
    "exp",
    "floor",
    "gelu",
    "gelu_tanh",
    "hard_sigmoid",
    "hard_swish",
    "leaky_relu",
    "log",
    "mish",
    "neg",
    "quantize",
    "reciprocal",
    "relu",
    "round",
    "selu",
    "shrink",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softplus",
    "softsign",
    "sqrt",
    "swish",
    "tan",
    "tanh",
    "thresholded_relu",
};

// The results of a unary operator for all 256 operand bytes.
std::vector<uint8_t> table_of(const ir::Op& op);

// The form on plain integers, computed in 64 bits.
ScalarCall integer_unary(const ir::Op& op);
ScalarCall integer_binary(const ir::Op& op);

}  // namespace tinyc
