// SPDX-License-Identifier: Apache-2.0
// Compiler parts of the kernels for integers of 8 or 16 bits.
#pragma once

#include "backends/kernel_conv.h"

namespace tinyc {

// `kind` of load_narrow (portable/shared/wide.h): 0 u8, 1 i8, 2 u16, 3 i16.
int narrow_kind(const ir::Type& type);
// Quantised per tensor in 8 or 16 bits.
std::optional<std::string> need_narrow(const ir::Type& type, std::string_view what);
// Narrow input and result, constant weights that fit 16 bits once their zero points are taken off, constant bias,
// scales that requantize_wide takes.
std::optional<std::string> need_wide_layer(const ir::Op& op);
// in_zero, out_zero, low, high, in_kind, out_kind; weights, bias, multiplier and shift per output channel.
void add_wide_layer(Built& built, const ir::Op& op);

}  // namespace tinyc
