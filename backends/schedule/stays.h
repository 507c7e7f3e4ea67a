// SPDX-License-Identifier: Apache-2.0
// When every row of every buffer is in the workspace, and which distances between buffers that forbids.
#pragma once

#include <vector>

#include "backends/schedule/offsets.h"
#include "backends/schedule/plan_memory.h"
#include "backends/schedule/program.h"

namespace tinyc {

// One row, or its run in one plane, in its slot of a buffer, from the step that writes it to the last that reads it,
// both included.
struct Stay {
  int64_t slot = 0;
  int birth = 0;
  int death = -1;  // before birth: never there
};

// What lies in a buffer over time. Rows of a ring share slots one after the other; a row of planes has a slot in each.
struct Occupation {
  int buffer = -1;
  int64_t slot_bytes = 0;
  std::vector<Stay> stays;  // by row, plane after plane
  int birth = 1 << 30;      // of the first row, death of the last
  int death = -1;
};

struct Occupations {
  std::vector<Occupation> list;  // buffers of the workspace only
  std::vector<TimedStep> steps;
};

// Times are indices into timed_steps(program); inputs are there from -1, outputs until the number of steps.
Occupations occupations_of(const Program& program, const PlanOptions& options);

// The forbidden distances of two occupations: offset of b minus offset of a.
Apart apart(const Program& program, const Occupations& all, int a, int b);

// Bytes that are there at once before the first step, in each, and after the last; a result in place of an operand
// counts once.
std::vector<int64_t> live_bytes(const Program& program, const Occupations& all);

// The fullest step: no plan can do with less.
struct Fullest {
  int64_t bytes = 0;
  int call = 0;  // index into timeline()
};
Fullest fullest_step(const Program& program, const Occupations& all);

}  // namespace tinyc
