// SPDX-License-Identifier: Apache-2.0
// Compiler parts of the kernels that compute rnn, gru and lstm on integers.
#pragma once

#include "backends/kernel_recurrent.h"
#include "backends/kernel_wide.h"

namespace tinyc {

// Nothing if the kernels can compute the operator: weights of 8 bits once their zero points are taken off, a bias,
// initial states in buffers or absent.
std::optional<std::string> need_recurrent_q8(const ir::Op& op);
// Geometry and constants as portable/shared/recurrent_q8.h wants them; `further` fields come last.
Built build_recurrent_q8(const ir::Op& op, int64_t gates, std::vector<GeometryField> further);

}  // namespace tinyc
