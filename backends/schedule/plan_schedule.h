// SPDX-License-Identifier: Apache-2.0
// The schedule that a program gets: the fastest within a budget, or one that takes little RAM at hardly any cost.
#pragma once

#include <optional>

#include "backends/schedule/plan_memory.h"
#include "backends/schedule/program.h"

namespace tinyc {

enum class RowPolicy : uint8_t {
  automatic,  // whatever takes the least RAM at no more than 3 % of the fastest schedule's cycles
  layers,     // the same, layer by layer
  smallest,   // the least RAM, whatever the cycles
};

struct ScheduleOptions {
  PlanOptions plan;
  std::optional<int64_t> ram_bytes;  // workspace and state together: the fastest schedule beneath, if there is one
  RowPolicy policy = RowPolicy::automatic;
};

struct Scheduled {
  Program program;
  Plan plan;
  double cycles = 0;  // estimate, calls row by row included
  int64_t bytes() const { return plan.workspace_bytes + plan.state_bytes; }
  bool exhausted = true;  // all ways to cut the layers into pipelines were looked at
};

// `layers` as lowered: one call per layer.
Scheduled plan_schedule(const Program& layers, const ScheduleOptions& options);

// Offsets, and what a pushed stage keeps; may turn the order of rows of layers that run by themselves.
Plan plan_workspace(Program& program, const PlanOptions& options);

// Schedules from the fastest to the smallest, planned; at most so many, each smaller than the one before.
std::vector<Scheduled> price_list(const Program& layers, const ScheduleOptions& options, size_t most);

}  // namespace tinyc
