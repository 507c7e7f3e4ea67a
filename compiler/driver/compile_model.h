// SPDX-License-Identifier: Apache-2.0
// compile_model(): the table of contents of the compiler.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/emit/emission_plan.h"
#include "compiler/driver/options.h"
#include "compiler/support/diagnostics.h"
#include "ir/onnx_node.h"
#include "passes/runner.h"

namespace tinyc {

struct CompiledModel {
  std::unique_ptr<ir::Graph> graph;  // after all passes; the program refers to it
  std::unique_ptr<Program> program;
  EmissionPlan emission;
  std::vector<PassReport> passes;
  std::string sha256;
};

// The graph after import and passes (all, or up to options.stop_after).
std::unique_ptr<ir::Graph> load_graph(const Options& options, Diagnostics& diagnostics,
                                      std::vector<PassReport>* passes = nullptr, std::string* sha256 = nullptr);
// Everything but writing files.
std::optional<CompiledModel> compile_model(const Options& options, Diagnostics& diagnostics);

}  // namespace tinyc
