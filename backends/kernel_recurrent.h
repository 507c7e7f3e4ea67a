// SPDX-License-Identifier: Apache-2.0
// Geometry of rnn, gru and lstm kernels.
#pragma once

#include "backends/kernel_conv.h"

namespace tinyc {

// Nothing if the kernels know the activations, the same ones for both directions.
std::optional<std::string> need_gates(const ir::Op& op);
// steps, batch, inputs, hidden, directions, reverse, further fields, clip, then kind, alpha and beta of each
// activation.
std::vector<GeometryField> recurrent_geometry(const ir::Op& op, size_t activations, std::vector<GeometryField> further);
std::vector<int32_t> lengths_of(const ir::Op& op);
Needs recurrent_needs(const ir::Op& op, int64_t scratch_bytes);

}  // namespace tinyc
