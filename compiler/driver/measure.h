// SPDX-License-Identifier: Apache-2.0
// Builds the emitted source with the target's compiler and reads sizes from the object file.
#pragma once

#include <optional>

#include "compiler/driver/build_and_run.h"
#include "compiler/report/report.h"

namespace tinyc {

// Problems (no compiler, build failure) go to the diagnostics.
std::optional<Measurement> measure_object(const CompiledModel& model, const Options& options, Diagnostics& diagnostics);

CountedWork work_of(const Totals& totals);

// Instructions and modelled cycles of one inference, for the whole and per layer.
void add_counts(Measurement& measurement, const CompiledModel& model, const CountedProgram& counted,
                const Target& target);

// The painted stack of a run, where the platform measures it.
void add_stack(Measurement& measurement, const RunResult& run, const Target& target);

}  // namespace tinyc
