// SPDX-License-Identifier: Apache-2.0
// Which layers run interleaved, in which order of rows, with which kernels: the price list of RAM against cycles.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backends/schedule/plan_memory.h"
#include "backends/schedule/program.h"
#include "compiler/support/result.h"

namespace tinyc {

// Instances [first, last) run row by row together, or one instance by itself.
struct Segment {
  size_t first = 0;
  size_t last = 0;
  bool reversed = false;
  int64_t bytes = 0;            // estimate of what is there at once
  double cycles = 0;            // estimate, calls of rows included
  std::vector<size_t> choices;  // per instance: index into Choices::whole, or kAccumulating
};
constexpr size_t kAccumulating = static_cast<size_t>(-1);

struct Schedule {
  std::vector<Segment> segments;
  int64_t bytes = 0;
  double cycles = 0;
};

// Why rows of the input cannot be pushed into a program lowered for it (LowerOptions::push_rows): its first layer needs
// all rows at once.
Status can_push_rows(const Program& layers);

class ScheduleSearch {
 public:
  // A lowered program: one stage of one call per instance. Without pipelines every segment is one layer. Where rows are
  // pushed, the first segment is a pipeline from the first row to the last.
  ScheduleSearch(const Program& layers, const PlanOptions& options, bool pipelines = true);
  ~ScheduleSearch();

  // The fastest schedule of those that need at most so many bytes, by estimate; no segments if there is none. Exact
  // over all ways to cut the order of layers into segments, as long as the work allows (`exhausted`).
  Schedule fastest(int64_t bytes) const;
  // From the fastest schedule to the smallest that costs at most so many times its cycles; each needs fewer bytes than
  // the one before.
  std::vector<Schedule> price_list(double most_cycles = 1e9) const;
  bool exhausted() const;
  // The same segments with the kernels that take the least scratch.
  Schedule with_least_scratch(Schedule schedule) const;

  // The same segments where the pipelines that read an input in planes take their rows in the other order: how holes in
  // planes fit rings is beyond the estimate. Nothing if there is no such pipeline, or it has one order only.
  std::optional<Schedule> with_other_order(Schedule schedule) const;

  Program build(const Schedule& schedule) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tinyc
