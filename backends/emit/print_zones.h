// SPDX-License-Identifier: Apache-2.0
// Red zones for checking builds on a PC: a header that lets every call of a layer touch only what the program says it
// reads and writes.
#pragma once

#include <string>

#include "backends/emit/emission_plan.h"

namespace tinyc {

// Text of a header to be included before NAME.cpp in a build with AddressSanitizer. It defines TINYC_LAYER_BEGIN and
// TINYC_LAYER_END: between them all bytes of the workspace are poisoned but the rows that the call reads and writes and
// its scratch. Finer than red zones between buffers: rows of a ring that the call has no business with are out of
// bounds too. A piece that does not begin on a multiple of 8 is open from the multiple below, as AddressSanitizer can't
// say less.
std::string print_zones(const EmissionPlan& plan);

}  // namespace tinyc
