// SPDX-License-Identifier: Apache-2.0
// The compiler's side of backends/portable/shared/tile_q8.h.
#pragma once

#include "backends/kernel_conv.h"

namespace tinyc {

// How many windows at a time (parameter 0), whether for small cores (parameter 1), and whether two windows lie in one
// register (parameter 2).
std::vector<Variant> tile_variants();
inline int64_t tile_windows(const Variant& variant) { return variant.parameters[0]; }
inline bool tile_small(const Variant& variant) { return variant.parameters[1] != 0; }
inline bool tile_in_pairs(const Variant& variant) { return variant.parameters[2] != 0; }
inline int64_t in_whole_blocks(int64_t taps) { return (taps + 3) / 4 * 4; }
constexpr int64_t kMostPairedTaps = 4096;  // sums of unsigned products fit 32 bits

// Geometry of requantisation; weights [outputs / 4][taps][4], bias, multiplier and shift.
void add_tile_parameters(Built& built, const ir::Op& op, const Variant& variant);

// Cycles of the high word of a product.
double tile_high_cycles(const Variant& variant, const CoreTiming& timing);

// Cycles of the sums of one layer, and of what follows per result. Values that find no register cost a load and a
// store.
double tile_cycles(const ir::Op& op, const Variant& variant, const CoreTiming& timing);

}  // namespace tinyc
