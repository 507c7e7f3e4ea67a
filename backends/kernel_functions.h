// SPDX-License-Identifier: Apache-2.0
// Scalar functions that kernels take as a parameter: which one an operator or its activation needs.
#pragma once

#include "backends/kernel.h"

namespace tinyc {

// backends/portable/scalar/<name>.h, if there is one.
const ShippedText* find_scalar(std::string_view name);

// The float32 form of a unary operator by mnemonic and real attributes.
ScalarCall float_unary(std::string_view op, std::span<const double> args);
// The float32 form of a binary operator with its fused activation.
ScalarCall float_binary(const ir::Op& op);
// One step of a reduction, (so far, x); suffix and type say of which elements.
ScalarCall reduction_step(const ir::Op& op, std::string_view suffix, std::string_view type);
// Of an operator's fused activation; identity_f32 for none.
ScalarCall float_activation(const ir::Op& op);
std::optional<std::string> need_float_activation(const ir::Op& op);

// Makes `call` the functor of the kernel, and its text a dependency.
void set_function(Built& built, ScalarCall call);

}  // namespace tinyc
