// SPDX-License-Identifier: Apache-2.0
// Compiler parts of the kernels over windows of 16-bit lanes (runtime-stubs/tinyc_lanes_dsp.h): conv with one group,
// and fully_connected as a convolution of 1 x 1.
#pragma once

#include "backends/kernel_conv.h"

namespace tinyc {

// Packed weights of 4 bits for an 8-bit input, or weights of 8 bits for an int16 input.
std::optional<std::string> need_lanes(const ir::Op& op, int weight_bits);
Needs lanes_needs(const ir::Op& op, int weight_bits);
Built build_lanes(const ir::Op& op, int weight_bits);
double lanes_cycles(const ir::Op& op, int weight_bits, const CoreTiming& timing);

}  // namespace tinyc
