// SPDX-License-Identifier: Apache-2.0
// Offsets for blocks whose pairwise distances must avoid given intervals, so that the last byte lies as low as
// possible.
#pragma once

#include <cstdint>
#include <vector>

namespace tinyc {

struct Block {
  int64_t bytes = 0;
  int64_t alignment = 1;
};

// Both ends included.
struct Gap {
  int64_t low = 0;
  int64_t high = 0;
};

// offset[b] - offset[a] may lie in none of the intervals; they are sorted and apart.
struct Apart {
  int a = 0;
  int b = 0;
  std::vector<Gap> forbidden;
};

struct OffsetProblem {
  std::vector<Block> blocks;
  std::vector<Apart> pairs;   // those that forbid something
  int64_t lower_bound = 0;    // known from elsewhere
  int64_t work = 40'000'000;  // places that the search may look at: a limit that does not depend on the machine
};

struct Offsets {
  std::vector<int64_t> offsets;
  int64_t bytes = 0;
  int64_t lower_bound = 0;  // proved; equal to bytes: optimal
};

Offsets solve_offsets(const OffsetProblem& problem);
// Whether offsets keep all distances.
bool keeps_apart(const OffsetProblem& problem, const std::vector<int64_t>& offsets);

}  // namespace tinyc
