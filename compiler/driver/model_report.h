// SPDX-License-Identifier: Apache-2.0
// The report of a compiled model, with what only its graph knows.
#pragma once

#include "compiler/driver/compile_model.h"
#include "compiler/report/report.h"

namespace tinyc {

Report report_of(const CompiledModel& model, const Options& options);

}  // namespace tinyc
