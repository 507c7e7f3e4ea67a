// SPDX-License-Identifier: Apache-2.0
// In which of a board's memories each array lies.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "backends/target.h"

namespace tinyc {

enum class ArrayKind : uint8_t { workspace, state, stack, code, constants };

struct PlacedArray {
  ArrayKind kind = ArrayKind::constants;
  std::string name;  // symbol of a constant; else that of the kind
  int64_t bytes = 0;
  int region = -1;         // index into RegionPlan::regions
  double wait_cycles = 0;  // that reading and writing it costs an inference there, estimate
};

struct RegionPlan {
  std::vector<MemoryRegion> regions;  // empty: not known, nothing is placed
  std::vector<PlacedArray> arrays;
  double wait_cycles = 0;  // of all arrays
  double lower_bound = 0;  // no other way to place them waits less
  // --prefetch: layers whose constants are copied, bytes of all copies, and waits less the cycles of copying
  // (modelled).
  int prefetched_layers = 0;
  int64_t prefetched_bytes = 0;
  double prefetch_saves = 0;
  std::string misfit;  // what found no place and how much is missing; no array has a region then
  bool placed() const { return !regions.empty() && misfit.empty(); }
  int64_t used(int region) const {
    int64_t bytes = 0;
    for (const PlacedArray& array : arrays) bytes += array.region == region ? array.bytes : 0;
    return bytes;
  }
};

struct StackPlace {
  int64_t bytes = 0;   // 0: not known
  std::string region;  // empty: the first RAM
};

// Indices into `regions`; -1: there is none.
int first_region(std::span<const MemoryRegion> regions, bool writable);
int stack_region(std::span<const MemoryRegion> regions, const StackPlace& stack);

// "workspace"
const char* array_kind_name(ArrayKind kind);

}  // namespace tinyc
