// SPDX-License-Identifier: Apache-2.0
// The kernels and variants that can compute an operator, by cost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/kernel.h"

namespace tinyc {

// What kernels are chosen for (-O size, balanced, speed): cycles are estimates, bytes those of the packed constants.
enum class Aim : uint8_t {
  size,      // the fewest bytes, then the fewest cycles
  balanced,  // a byte counts as many cycles
  speed,     // the fewest cycles
};

struct Selection {
  const Kernel* kernel = nullptr;
  Variant variant;
  Needs needs;
  double cycles = 0;  // estimate
  double cost = 0;    // cycles, and bytes as the aim weighs them
};

struct Choices {
  std::vector<Selection> whole;         // cheapest first; those after it are there for taking less scratch
  std::vector<Selection> one_row;       // the same among those of one row at a time, where the cheapest takes several
  std::vector<Selection> accumulating;  // for pipelines: input rows come one by one
  std::vector<std::string> rejected;    // "conv_s8 (armv7em_dsp): needs dilation 1"
  int candidates = 0;
};

// Of `whole` all read the same rows as the first, and each takes less scratch than the one before.
Choices choose_kernels(const ir::Op& op, const Target& target, Aim aim = Aim::speed);

// Whether the target computes an operator, for passes.
std::function<bool(const ir::Op&)> has_kernel_on(const Target& target);

}  // namespace tinyc
