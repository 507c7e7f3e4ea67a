// SPDX-License-Identifier: Apache-2.0
// compile_model(): the table of contents of the compiler.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/emit/emission_plan.h"
#include "compiler/driver/model_interface.h"
#include "compiler/driver/options.h"
#include "compiler/driver/streaming.h"
#include "compiler/support/diagnostics.h"
#include "passes/runner.h"

namespace tinyc {

struct LoadedModel {
  std::unique_ptr<ir::Graph> graph;  // after all passes, or up to options.stop_after
  ModelInterface interface;
  std::optional<Streaming> streaming;  // --stream
  ir::Stream stream;                   // the states, of --stream or --state
  std::vector<PassReport> passes;
  std::string sha256;
};

struct CompiledModel {
  std::unique_ptr<ir::Graph> graph;  // the program refers to it
  ModelInterface interface;
  std::optional<Streaming> streaming;
  std::unique_ptr<Program> program;
  EmissionPlan emission;
  std::vector<PassReport> passes;
};

std::optional<LoadedModel> load_model(const Options& options, Diagnostics& diagnostics);
// Lowered, one call per layer, without a plan; the program refers to the graph.
struct LoweredModel {
  LoadedModel loaded;
  Program layers;
  ScheduleOptions schedule;
};
std::optional<LoweredModel> lower_model(const Options& options, Diagnostics& diagnostics);
// Everything but writing files; budgets are the caller's (budgets.h).
std::optional<CompiledModel> compile_model(const Options& options, Diagnostics& diagnostics);

}  // namespace tinyc
