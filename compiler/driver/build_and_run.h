// SPDX-License-Identifier: Apache-2.0
// Builds the emitted code with the target's compiler and runs it on data: on the host, or in the emulator.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/driver/compile_model.h"

namespace tinyc {

struct DataSet {
  std::string label;
  std::vector<ir::Tensor> inputs;  // in the order of the graph's inputs
};

struct RunResult {
  std::vector<std::vector<ir::Tensor>> outputs;  // per set, in the order of the graph's outputs
  std::vector<uint32_t> stack_bytes;             // per set; 0 where the platform does not measure
};

// Sets run one after the other in one process, so that state carries over. Problems (tools missing, build, crash, time)
// go to the diagnostics.
std::optional<RunResult> build_and_run(const CompiledModel& model, const Options& options,
                                       std::span<const DataSet> sets, Diagnostics& diagnostics);

// The runtime-stubs folder: TINYC_STUBS, beside the installed program, or in the source tree.
std::string stubs_folder();

}  // namespace tinyc
