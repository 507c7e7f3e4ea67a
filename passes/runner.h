// SPDX-License-Identifier: Apache-2.0
// Runs the pipeline over a graph: verifies after every pass, and on request prints, times and checks numbers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ir/tensor.h"
#include "passes/pass.h"

namespace tinyc {

struct RunnerOptions {
  std::string stop_after;                                            // pass name; empty = run all
  std::string skip;                                                  // pass name
  std::function<void(const PassDef&, const ir::Graph&)> after_pass;  // --print-after
  bool check_numbers = false;  // interpret before and after each pass on seeded inputs
  bool time = false;
};

struct PassReport {
  std::string_view pass;
  int runs = 0;
  int changes = 0;
  double seconds = 0;
  // With check_numbers: largest difference seen, in steps for integer results, relative to the largest magnitude for
  // floats.
  double largest_difference = 0;
};

// A graph that does not verify after a pass is a bug (TINYC_BUG names the pass). With check_numbers a result outside
// the pass's equality class is one too.
std::vector<PassReport> run_passes(ir::Graph& graph, PassContext& context, const RunnerOptions& options = {});
std::vector<PassReport> run_passes(ir::Graph& graph, PassContext& context, std::span<const PipelineRow> pipeline,
                                   const RunnerOptions& options);

// Inputs that reach all of a quantised range and a plausible float range; the same for every run.
std::vector<ir::Tensor> seeded_inputs(const ir::Graph& graph);

}  // namespace tinyc
