// SPDX-License-Identifier: Apache-2.0
// The layers whose constants are worth copying to the workspace.
#pragma once

#include <optional>
#include <vector>

#include "backends/emit/emission_plan.h"
#include "backends/schedule/prefetch.h"

namespace tinyc {

// By where the arrays were placed without copies. `slow_flash` takes the layers for which copying, waiting for that and
// reading the copies in the workspace's region costs less than waiting for the constants where they are.
std::vector<PrefetchedLayer> choose_prefetch(const EmissionPlan& plan, Prefetch policy);

// What the workspace may take with copies: the rest of its region and of a budget for workspace and state.
int64_t room_for_prefetch(const EmissionPlan& plan, std::optional<int64_t> ram_bytes);

}  // namespace tinyc
