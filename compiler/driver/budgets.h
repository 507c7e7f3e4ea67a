// SPDX-License-Identifier: Apache-2.0
// RAM and flash budgets: hard constraints.
#pragma once

#include <optional>

#include "compiler/driver/compile_model.h"
#include "compiler/report/report.h"

namespace tinyc {

struct ModelWithReport {
  CompiledModel model;
  Report report;
  std::optional<Measurement> measurement;  // of the object file, with --measure
  int64_t estimated_flash = 0;
};

// Compiles and compares with the budgets: what is missing, and which layers need the most, goes to the diagnostics.
// Flash is what the object file takes with --measure, and kernels are chosen until that fits; else it is an estimate.
// Nothing if there is no model to report on.
std::optional<ModelWithReport> compile_with_report(const Options& options, Diagnostics& diagnostics);

// Nothing if a budget is exceeded, too.
std::optional<ModelWithReport> compile_within_budgets(const Options& options, Diagnostics& diagnostics);

}  // namespace tinyc
