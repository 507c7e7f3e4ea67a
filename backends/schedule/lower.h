// SPDX-License-Identifier: Apache-2.0
// Graph -> Program: a kernel for every operator, a buffer for every tensor, one stage per instance.
#pragma once

#include <functional>
#include <optional>

#include "backends/schedule/flash_price.h"
#include "backends/schedule/program.h"
#include "compiler/support/diagnostics.h"

namespace tinyc {

struct LowerOptions {
  bool external_inputs = false;  // --io-place caller
  bool external_outputs = false;
  bool push_rows = false;     // --push-rows: the one input is external and seen row by row; a copy takes each row
  size_t states = 0;          // of the graph's inputs and outputs, the last so many (ir/stream.h)
  bool counts_calls = false;  // Program::counts_calls
  Aim aim = Aim::speed;       // -O
  std::optional<int64_t> flash_bytes = std::nullopt;  // kernels are chosen to fit, if any do
  // What is known better of an operator's kernels than their estimates.
  std::function<void(const ir::Op&, Candidates&)> refine = nullptr;
};

// Operators that no kernel of the target can compute are all reported, with every kernel's reason. The graph may get
// copy operators; it must outlive the program.
std::optional<Program> lower_to_program(ir::Graph& graph, const Target& target, const LowerOptions& options,
                                        Diagnostics& diagnostics);

// Makes an instance use a kernel of its choices; its operands are known. Scratch and state get buffers.
void use_kernel(Program& program, int instance, const Selection& selection);

// The one input as something that has several rows: itself, or what a chain of views makes of it; else nullptr.
ir::Value* pushed_value(const ir::Graph& graph);

}  // namespace tinyc
