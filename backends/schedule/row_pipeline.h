// SPDX-License-Identifier: Apache-2.0
// Runs consecutive instances row by row, so that the tensors between them shrink to rings of a few rows.
#pragma once

#include <span>

#include "backends/schedule/program.h"
#include "compiler/support/result.h"

namespace tinyc {

// Rows of several instances in the order in which they run, and the rings that this order needs.
struct Interleaved {
  struct Ring {
    int buffer;
    int64_t rows;
  };
  std::vector<RowStep> steps;
  std::vector<Ring> rings;  // of every buffer that only these instances touch
};

// Interleaves the rows of `members` (instances in an order in which each follows those that it reads), driven by the
// demand of those whose results are read elsewhere: rows from the first to the last, or from the last to the first. A
// ring is the smallest in which no row is written over one that is still to be read. Fails if an instance runs as a
// whole (granule 0), reads all rows of one of the buffers between them, or accumulates in the other direction.
Result<Interleaved> interleave(const Program& program, std::span<const int> members, bool reversed);

// The steps as a stage, with the repetition that covers most of them as its steady state.
Stage stage_of(const std::vector<RowStep>& steps);

// Replaces the stages of body[first, last) (one instance each) by one stage that interleaves their rows.
Status fuse_into_pipeline(Program& program, size_t first, size_t last, bool reversed = false);

}  // namespace tinyc
