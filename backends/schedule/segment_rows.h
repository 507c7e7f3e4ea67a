// SPDX-License-Identifier: Apache-2.0
// What a segment of a schedule keeps in the workspace while it runs.
#pragma once

#include <vector>

#include "backends/schedule/plan_memory.h"
#include "backends/schedule/row_pipeline.h"

namespace tinyc {

// In which instances a buffer is used: from the first to the last; -1 and the number of instances stand for the caller.
std::vector<Liveness> uses_of(const Program& program, const PlanOptions& options);

// Bytes that are there during the steps of instances [first, last): rows of tensors that outlive the segment, rings,
// kept sums, everything that is only passing by, but no scratch of single calls.
struct SegmentRows {
  int64_t bytes = 0;               // most at any step
  std::vector<int64_t> of_member;  // most at the steps of each instance
};
SegmentRows segment_rows(const Program& program, const std::vector<Liveness>& uses, size_t first, size_t last,
                         const Interleaved& rows);

}  // namespace tinyc
