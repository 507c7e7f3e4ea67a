// SPDX-License-Identifier: Apache-2.0
// The kernels and variants that can compute an operator, and which of them are taken.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "backends/kernel.h"

namespace tinyc {

// One that can compute an operator.
struct Selection {
  const Kernel* kernel = nullptr;
  Variant variant;
  Needs needs;
  double cycles = 0;          // estimate
  double flash_bytes = 0;     // constants, and the code that its kernel has on average
  double constant_bytes = 0;  // of these, constants
  double body_bytes = 0;      // of these, code that is there once for all layers with the same body
  std::string body = {};      // what that depends on
  bool calls_shared = false;  // the body is a function that all layers of the variant call, whatever their geometry
  double cost = 0;            // cycles, and bytes at their price
};

// All that can, and why the others cannot.
struct Candidates {
  std::vector<Selection> kernels;
  std::vector<std::string> rejected;    // "conv_s8 (armv7em_dsp): needs dilation 1"
  std::string_view basis = "estimate";  // of cycles and bytes
};

Candidates find_kernels(const ir::Op& op, const Target& target);

// Code of equal geometries counts for each operator by its part. (Of functions that all layers of a variant call,
// flash_prices() decides.)
void share_bodies(std::span<Candidates> operators);

struct Choices {
  std::vector<Selection> whole;         // cheapest first; those after it are there for taking less scratch
  std::vector<Selection> one_row;       // the same among those of one row at a time, where the cheapest takes several
  std::vector<Selection> accumulating;  // for pipelines: input rows come one by one
  std::vector<std::string> rejected;    // "conv_s8 (armv7em_dsp): needs dilation 1"
  int candidates = 0;
  std::string_view basis = "estimate";  // of what is cheapest
};

// Of `whole` all read the same rows as the first, and each takes less scratch than the one before.
Choices choose_kernels(Candidates candidates, double cycles_per_byte);
inline Choices fastest_kernels(const ir::Op& op, const Target& target) {
  return choose_kernels(find_kernels(op, target), 0);
}

// Whether the target computes an operator, for passes.
std::function<bool(const ir::Op&)> has_kernel_on(const Target& target);

}  // namespace tinyc
