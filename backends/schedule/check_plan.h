// SPDX-License-Identifier: Apache-2.0
// Checks a memory plan by replaying every row step over a map that says which row owns each byte. Knows nothing of how the
// plan was made; run in every compile.
#pragma once

#include "backends/schedule/plan_memory.h"
#include "backends/schedule/program.h"
#include "compiler/support/result.h"

namespace tinyc {

// Fails with the step, buffer and row at which something would be read that is not there any more, or not yet.
Status check_plan(const Program& program, const Plan& plan, const PlanOptions& options = {});

}  // namespace tinyc
