// SPDX-License-Identifier: Apache-2.0
// What the emitted source says and does about its state.
#pragma once

#include "backends/emit/print_parts.h"

namespace tinyc {

// Where each state lies, as comments.
void print_state_map(TextWriter& writer, const EmissionPlan& plan);
// NAME_reset().
void print_reset(TextWriter& writer, const EmissionPlan& plan);

}  // namespace tinyc
