// SPDX-License-Identifier: Apache-2.0
// RAM and flash budgets: hard constraints.
#pragma once

#include "compiler/driver/options.h"
#include "compiler/report/report.h"

namespace tinyc {

// Reports what is missing and which layers need the most; true if the model fits.
bool within_budgets(const Options& options, const Report& report, Diagnostics& diagnostics);

}  // namespace tinyc
