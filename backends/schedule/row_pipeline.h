// SPDX-License-Identifier: Apache-2.0
// Runs consecutive instances row by row, so that the tensors between them shrink to rings of a few rows.
#pragma once

#include <span>

#include "backends/schedule/program.h"
#include "compiler/support/result.h"

namespace tinyc {

// Replaces the stages of body[first, last) (one instance each) by one stage that interleaves their rows, driven by the demand
// for rows of the last instance, and gives every buffer that only they touch the smallest ring that holds its live rows.
// Fails if an instance runs as a whole (granule 0), reads all rows of one of those buffers, or is not a single step.
Status fuse_into_pipeline(Program& program, size_t first, size_t last);

}  // namespace tinyc
