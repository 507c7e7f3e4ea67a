// SPDX-License-Identifier: Apache-2.0
// Estimates of float32 layers whose inner loops are runtime-stubs/tinyc_vfp.h, on cores that run its assembly.
#pragma once

#include "backends/kernel_support.h"

namespace tinyc {

// The figures below were compared with the counter on the Cortex-M4, M33 and M7 (within 3 % of whole models).
bool has_vfp_loops(const CoreTiming& timing);

// Cycles of a whole layer; taps in the padding are not done and not counted. Weights are floats, packed by four
// outputs.
double vfp_conv_cycles(const ir::Op& op, const CoreTiming& timing);
double vfp_depthwise_cycles(const ir::Op& op, const CoreTiming& timing);
double vfp_fully_connected_cycles(const ir::Op& op, const CoreTiming& timing);

}  // namespace tinyc
