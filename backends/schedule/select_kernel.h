// SPDX-License-Identifier: Apache-2.0
// Chooses the cheapest kernel and variant for an operator.
#pragma once

#include <string>
#include <vector>

#include "backends/kernel.h"

namespace tinyc {

struct Selection {
  const Kernel* kernel = nullptr;  // nullptr: none applies
  Variant variant;
  double cycles = 0;               // estimate
  std::string why;                 // "cheapest of 3 by estimate"
  std::vector<std::string> rejected;  // "conv_s8 (armv7em_dsp): needs dilation 1"
};

Selection select_kernel(const ir::Op& op, const Target& target);

}  // namespace tinyc
