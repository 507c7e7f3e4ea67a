// SPDX-License-Identifier: Apache-2.0
// Places workspace, state and constants in a board's memories where an inference waits least for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "backends/emit/emission_plan.h"

namespace tinyc {

// The largest array that RAM can take beside the stack; nothing if there is no RAM among the regions.
std::optional<int64_t> largest_in_ram(std::span<const MemoryRegion> regions, const StackPlace& stack);

// Sets plan.memories and the sections of what does not lie where the linker would put it anyway. The stack and the code
// (an estimate) have a fixed place: the first flash region is the linker's for code and constants.
void place_arrays(EmissionPlan& plan, std::span<const MemoryRegion> regions, const StackPlace& stack);

// Counts a stack that was measured later; false if its region has no room for it.
bool count_stack(RegionPlan& memories, const StackPlace& stack, int64_t bytes);

}  // namespace tinyc
