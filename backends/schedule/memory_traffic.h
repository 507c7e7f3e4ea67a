// SPDX-License-Identifier: Apache-2.0
// What an inference reads and writes of a layer's arrays, and what that costs in a memory that makes the core wait.
#pragma once

#include <cstdint>

#include "backends/schedule/program.h"

namespace tinyc {

// Bytes in one inference, estimates by the same formulas as the cycles.
struct Traffic {
  double constants = 0;
  double tensors = 0;  // operands, results and scratch
};
Traffic traffic_of(const Instance& instance, int64_t constant_bytes, const CoreTiming& core);

// Cycles beyond the core's own for so many bytes of an array, read in the order in which they lie.
double wait_cycles(const MemoryRegion& region, int64_t array_bytes, double bytes);

}  // namespace tinyc
