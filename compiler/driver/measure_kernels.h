// SPDX-License-Identifier: Apache-2.0
// Builds and analyses the kernels that can compute each layer of a model.
#pragma once

#include "compiler/driver/tune.h"

namespace tinyc {

// Adds what `tuned` does not know yet. Several layers are built at once, one kernel of each. False after an error that
// concerns all kernels; a kernel that cannot be followed keeps its estimate.
bool measure_kernels(const Options& options, TunedCosts& tuned, Diagnostics& diagnostics);

}  // namespace tinyc
