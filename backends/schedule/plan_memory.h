// SPDX-License-Identifier: Apache-2.0
// Offsets for the buffers of a program in one workspace.
#pragma once

#include "backends/schedule/program.h"

namespace tinyc {

struct PlanOptions {
  bool keep_inputs = false;  // inputs keep their bytes until the end
};

// When a buffer holds something, in row steps: [first, last], both included; first -1 = before the first step.
struct Liveness {
  int first = -1;
  int last = -1;
};
std::vector<Liveness> liveness_of(const Program& program, const PlanOptions& options);

Plan plan_memory(const Program& program, const PlanOptions& options = {});

}  // namespace tinyc
