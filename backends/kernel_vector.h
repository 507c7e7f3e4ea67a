// SPDX-License-Identifier: Apache-2.0
// The compiler's side of runtime-stubs/tinyc_mve.h.
#pragma once

#include "backends/kernel_conv.h"

namespace tinyc {

// Why a layer's results do not fit; nothing if they do.
std::optional<std::string> need_vector_layer(const ir::Op& op);

// offset, shift, in_unsigned, out_unsigned; added and multiplier, filled up to whole groups. Of a conv over all
// channels or a fully_connected: groups of 4, unsigned inputs count as x - 128. Depthwise: groups of 8, even channels
// first, x as stored.
void add_vector_scaling(Built& built, const ir::Op& op, bool depthwise);

// [outputs / 4][pieces][taps / 16][4][16], filled up with zeros: `pieces` equal parts of a window.
PackedConstant vector_weights(const ir::Op& op, int64_t pieces);
// [channels / 8][taps][8], filled up with zeros.
PackedConstant vector_depthwise_weights(const ir::Op& op);

}  // namespace tinyc
