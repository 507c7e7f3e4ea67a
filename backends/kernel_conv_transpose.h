// SPDX-License-Identifier: Apache-2.0
// Geometry and rows of transposed convolutions.
#pragma once

#include "backends/kernel_conv.h"

namespace tinyc {

std::vector<GeometryField> conv_transpose_geometry(const ir::Op& op);
Needs conv_transpose_needs(const ir::Op& op);

}  // namespace tinyc
