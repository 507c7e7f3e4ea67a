// SPDX-License-Identifier: Apache-2.0
// Offsets for the buffers of a program in one workspace.
#pragma once

#include "backends/schedule/program.h"

namespace tinyc {

struct PlanOptions {
  bool keep_inputs = false;  // inputs keep their bytes until the end
  // How long schedules and offsets are searched, --plan-time: about seconds on a slow PC, but counted in steps, so that
  // results do not depend on the machine.
  double seconds = 1;
};

// When a buffer holds something, in calls: [first, last], both included; first -1 = before the first call.
struct Liveness {
  int first = -1;
  int last = -1;
};
std::vector<Liveness> liveness_of(const Program& program, const PlanOptions& options);

// Rows that die free their bytes for rows that are written later, so buffers overlap where their rows allow.
Plan plan_memory(const Program& program, const PlanOptions& options = {});

// As plan_memory, and each layer that runs by itself may also run its rows from the last to the first where that takes
// less: sets RowStep::reversed. Results that overlap their operands move down with one order of rows and up with the
// other.
Plan plan_with_directions(Program& program, const PlanOptions& options = {});

}  // namespace tinyc
