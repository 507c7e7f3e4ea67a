// SPDX-License-Identifier: Apache-2.0
// Estimates of float32 layers whose inner loops are runtime-stubs/tinyc_vfp.h, on cores that run its assembly.
#pragma once

#include "backends/kernel_support.h"

namespace tinyc {

// Multiply and add take less apart than fused, as on Arm's scalar FPUs: there the figures below hold.
bool has_vfp_loops(const CoreTiming& timing);

// Cycles of a whole layer; taps in the padding are not done and not counted. Weights are floats, packed by four
// outputs.
double vfp_conv_cycles(const ir::Op& op, const CoreTiming& timing);
double vfp_depthwise_cycles(const ir::Op& op, const CoreTiming& timing);
double vfp_fully_connected_cycles(const ir::Op& op, const CoreTiming& timing);

}  // namespace tinyc
