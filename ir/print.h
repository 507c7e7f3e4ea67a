// SPDX-License-Identifier: Apache-2.0
// The text form of a graph, both ways: print(parse(print(g))) == print(g).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "compiler/support/result.h"
#include "ir/graph.h"

namespace tinyc::ir {

struct PrintOptions {
  int64_t largest_constant = -1;  // longer constants print as `elided`, which parse() refuses; -1 = print all
};

std::string print(const Graph& graph, const PrintOptions& options = {});
std::string print(const Op& op, const PrintOptions& options = {});

// Parses and verifies; a failure names line and column.
Result<std::unique_ptr<Graph>> parse(std::string_view text);

}  // namespace tinyc::ir
