// SPDX-License-Identifier: Apache-2.0
// --tune: every kernel that can compute a layer is built with the target's compiler and its machine code followed
// (compiler/analyser), so that kernels are chosen by what they cost, not by estimates.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "compiler/driver/kernel_costs.h"
#include "compiler/driver/options.h"
#include "compiler/support/diagnostics.h"

namespace tinyc {

struct TunedCosts {
  std::string environment;  // of all keys: core and its timing, compiler, flags
  KernelCosts costs;
};

// Puts what is known in the place of estimates; those of other kernels of the operator are scaled alike.
void refine(const TunedCosts& tuned, const ir::Op& op, Candidates& candidates);

// The options with which the model is to be compiled: with costs where they lead to a program that is no slower than
// without, by analysis of both. Reads and writes the file of costs; a damaged one is noted and made anew. Nothing after
// an error (no compiler, no analyser, the file cannot be written).
std::optional<Options> tune(const Options& options, Diagnostics& diagnostics);

}  // namespace tinyc
