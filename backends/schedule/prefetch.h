// SPDX-License-Identifier: Apache-2.0
// Constants that are copied to the workspace before their layer runs, as it reads them more often than once and flash
// makes it wait.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "backends/schedule/plan_memory.h"
#include "backends/schedule/program.h"

namespace tinyc {

// --prefetch
enum class Prefetch : uint8_t {
  off,
  slow_flash,  // layers that wait less then, copying included
  all,         // every layer that has constants
};

struct PrefetchedLayer {
  int instance = 0;
  int64_t bytes = 0;  // prefetch_bytes() of its constants
};

// Of the copies of a layer's constants, one after the other, each aligned to 8 bytes.
int64_t prefetch_bytes(std::span<const PackedConstant> constants);

// Of copying so many bytes, besides waiting for them; estimate.
double prefetch_cycles(int64_t bytes, const CoreTiming& core);

struct PrefetchPlan {
  Program program;
  Plan plan;
};

// The program with a buffer for the constants of each layer, from its first row to its last; layers at which memory is
// full go without until the workspace takes at most `most_bytes`. Nothing if no layer is left.
std::optional<PrefetchPlan> plan_prefetch(const Program& program, std::span<const PrefetchedLayer> layers,
                                          int64_t most_bytes, const PlanOptions& options);

}  // namespace tinyc
