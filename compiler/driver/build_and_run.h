// SPDX-License-Identifier: Apache-2.0
// Builds the emitted code with the target's compiler and runs it on data: on the host, or in the emulator.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/counter/counted_program.h"
#include "compiler/driver/compile_model.h"
#include "compiler/driver/data_sets.h"

namespace tinyc {

struct RunResult {
  std::vector<std::vector<ir::Tensor>> outputs;  // per set, in the order of the graph's outputs, in the model's form
  uint32_t stack_bytes = 0;                      // most of any set; 0 where the platform does not measure
};

// Sets run one after the other in one process, so that state carries over. Problems (tools missing, build, crash, time)
// go to the diagnostics.
std::optional<RunResult> build_and_run(const CompiledModel& model, const Options& options,
                                       std::span<const DataSet> sets, Diagnostics& diagnostics);

// The same with the first inference counted, for targets with a cycle table.
struct CountedRun {
  RunResult run;
  CountedProgram counted;
};
std::optional<CountedRun> build_and_count(const CompiledModel& model, const Options& options,
                                          std::span<const DataSet> sets, Diagnostics& diagnostics);

// The linked program alone: its bytes.
std::optional<std::string> build_program(const CompiledModel& model, const Options& options, Diagnostics& diagnostics);

// Of a stream: the sets are windows, each pushed frame by frame after a reset.
std::optional<RunResult> build_and_run_windows(const CompiledModel& model, const Options& options,
                                               std::span<const DataSet> windows, Diagnostics& diagnostics);

// Whether programs for the target can be built (and run) here; what is missing is reported.
bool toolchain_ready(const Target& target, bool to_run, Diagnostics& diagnostics);

// "arm-none-eabi-g++ 12.2.1": the family's name and the version it says.
std::string compiler_version(const Target& target);

// The runtime-stubs folder: TINYC_STUBS, beside the installed program, or in the source tree.
std::string stubs_folder();

// The counting plugin: TINYC_COUNTER, beside the installed program, or in the build tree.
std::string counter_plugin();

}  // namespace tinyc
