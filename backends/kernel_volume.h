// SPDX-License-Identifier: Apache-2.0
// What kernels over up to three spatial axes share: d, h and w, the missing ones in front with one position.
#pragma once

#include <array>

#include "backends/kernel_support.h"

namespace tinyc {

// Exactly three axes. windows: one to three, the last one w.
std::array<ir::Window, 3> volume_axes(const std::vector<ir::Window>& windows);

// Adds in_*, out_*, kernel_*, stride_*, dilation_*, pad_* of d, h and w to the geometry.
void add_volume(Built& built, const std::vector<ir::Window>& windows);

}  // namespace tinyc
