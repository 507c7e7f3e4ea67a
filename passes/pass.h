// SPDX-License-Identifier: Apache-2.0
// A pass is one function in one file that opens with what, why, before and after, and what it refuses. The pipeline
// (pipeline.cpp) is a table of passes with reasons; the runner (runner.h) verifies the graph after each.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "ir/graph.h"
#include "ir/rounding.h"

namespace tinyc {

struct Target;

// What a pass may change about results.
enum class Equality : uint8_t {
  exact,            // no bit
  float_tolerance,  // float rounding (re-association, folded scales)
  qdq_to_integer,   // float islands become integer arithmetic: at most one step per operator, counted in tests
};

struct PassContext {
  const Target* target = nullptr;
  Diagnostics& diagnostics;
  ir::Rounding rounding = ir::Rounding::nearest;  // --rounding
  // Whether the target computes an operator; empty = all of them.
  std::function<bool(const ir::Op&)> has_kernel = {};
};

struct PassDef {
  std::string_view name;     // = function = file; dashes on the command line
  std::string_view summary;  // one line
  std::string_view doc;      // what, why, what is refused
  Equality equality;
  bool (*run)(ir::Graph& graph, PassContext& context);  // whether anything changed
};

std::span<const PassDef* const> all_passes();  // sorted by name, from passes.list
const PassDef* find_pass(std::string_view name);

// One row of the pipeline.
struct PipelineRow {
  const PassDef* pass;
  bool until_stable;        // repeated while it changes something
  std::string_view reason;  // why here
};
std::span<const PipelineRow> default_pipeline();

}  // namespace tinyc
