// SPDX-License-Identifier: Apache-2.0
// Convolutions whose window is the whole image, as a stream has in every call: with one position there is no image, so
// the same products can be taken by kernels that are faster.
#pragma once

#include "passes/pass.h"

namespace tinyc {

// Not in the pipeline: rows of the image mean time to row pipelines there. Run over the graph of a call.
extern const PassDef single_positions_pass;

}  // namespace tinyc
