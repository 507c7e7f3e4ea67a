// SPDX-License-Identifier: Apache-2.0
// Figures of machine code that is not run (compiler/analyser).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "compiler/analyser/analyse.h"
#include "compiler/driver/compile_model.h"
#include "compiler/report/report.h"

namespace tinyc {

struct Analysed {
  std::unique_ptr<const std::string> program;  // what `analysed` refers to
  AnalysedProgram analysed;
};

// Whether this tinyc can follow the target's code; what is missing is reported.
bool can_analyse(const Target& target, Diagnostics& diagnostics);

// Builds the emitted code into a program and follows one inference.
std::optional<Analysed> analyse_model(const CompiledModel& model, const Options& options, Diagnostics& diagnostics);

// options.function of the program options.model.
std::optional<Analysed> analyse_file(const Options& options, Diagnostics& diagnostics);

// Adds what jumps that data decides may make of the figures.
void widen(Totals& totals, const Undecided& undecided);

// Instructions, cycles and stack of one inference, for the whole and per layer.
void add_analysis(Measurement& measurement, const CompiledModel& model, const AnalysedProgram& analysed,
                  const Target& target);

}  // namespace tinyc
