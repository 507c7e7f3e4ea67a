// SPDX-License-Identifier: Apache-2.0
// Dynamic programming over cut points: the fastest way to run layers [0, j) under so many bytes is the fastest over i
// of running [0, i) so, and then [i, j) as one segment that fits. What a segment needs does not depend on the others,
// as what passes by is known from the order of layers alone.
#include "backends/schedule/search_schedule.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "backends/schedule/lower.h"
#include "backends/schedule/segment_rows.h"

namespace tinyc {
namespace {

constexpr double kCallCycles = 45;       // of a layer's function, with the choice of the next row
constexpr double kStepsPerSecond = 3e6;  // row steps that are looked at, over all segments
constexpr size_t kLongestSegment = 64;
constexpr int64_t kAnyBytes = std::numeric_limits<int64_t>::max();

// A copy without its body, which is not copyable.
Program without_body(const Program& program) {
  Program copy;
  copy.buffers = program.buffers;
  copy.instances = program.instances;
  copy.counts_calls = program.counts_calls;
  return copy;
}

struct Candidate {
  size_t first;
  size_t last;
  bool reversed;
  SegmentRows rows;
  double calls;  // cycles of calling row by row
};

const Selection* accumulating_choice(const Instance& instance, bool reversed) {
  const Accumulates wanted = reversed ? Accumulates::from_last : Accumulates::from_first;
  for (const Selection& one : instance.choices.accumulating) {
    if (one.needs.accumulates == wanted) return &one;
  }
  return nullptr;
}

bool pushes_rows(const Program& program) {
  return std::any_of(program.buffers.begin(), program.buffers.end(),
                     [](const Buffer& buffer) { return buffer.pushed; });
}

}  // namespace

struct ScheduleSearch::Impl {
  Program layers;
  Program ways[2];  // kernels that accumulate where there are some: from the first row, from the last
  PlanOptions options;
  std::vector<Liveness> uses;
  std::vector<std::vector<Candidate>> ending;  // by `last`
  bool exhausted = true;

  Impl(const Program& program, const PlanOptions& plan_options, bool pipelines)
      : layers(without_body(program)), options(plan_options), uses(uses_of(layers, options)) {
    for (const bool reversed : {false, true}) ways[reversed] = accumulating(reversed);
    ending.resize(layers.instances.size() + 1);
    auto work = static_cast<int64_t>(kStepsPerSecond * options.seconds);
    const bool pushed = pushes_rows(layers);
    for (size_t i = pushed ? 1 : 0; i < layers.instances.size(); ++i) add_single(i);
    for (size_t i = 0; i < layers.instances.size() && pipelines; ++i) {
      for (const bool reversed : {false, true}) {
        if (!(pushed && i == 0 && reversed)) add_segments(i, reversed, work);
      }
    }
    exhausted = work > 0;
  }

  Program accumulating(bool reversed) const {
    Program program = without_body(layers);
    for (size_t i = 0; i < program.instances.size(); ++i) {
      if (const Selection* choice = accumulating_choice(layers.instances[i], reversed))
        use_kernel(program, static_cast<int>(i), *choice);
    }
    return program;
  }

  void add_single(size_t i) {
    const Instance& instance = layers.instances[i];
    Interleaved rows;
    rows.steps = granules_of(instance, {static_cast<int>(i), 0, instance.rows});
    ending[i + 1].push_back({i, i + 1, false, segment_rows(layers, uses, i, i + 1, rows), 0});
  }

  void add_segments(size_t first, bool reversed, int64_t& work) {
    const Program& program = ways[reversed];
    std::vector<int> members = {static_cast<int>(first)};
    for (size_t last = first + 2; last <= program.instances.size() && last - first <= kLongestSegment; ++last) {
      members.push_back(static_cast<int>(last) - 1);
      if (work <= 0) return;
      const Result<Interleaved> rows = interleave(program, members, reversed);
      work -= rows ? static_cast<int64_t>(rows->steps.size()) : 1;
      if (!rows) return;  // nor does a longer segment
      ending[last].push_back({first, last, reversed, segment_rows(program, uses, first, last, *rows),
                              kCallCycles * static_cast<double>(rows->steps.size())});
    }
  }

  bool reads_planes(const Segment& segment) const {
    for (size_t i = segment.first; i < segment.last; ++i) {
      for (const Access& in : layers.instances[i].inputs) {
        if (layers.buffers[static_cast<size_t>(in.buffer)].planes > 1) return true;
      }
    }
    return false;
  }

  // Turns a pipeline around; false if it has no other order, or other kernels in it.
  bool turn(Segment& segment) const {
    for (const size_t choice : segment.choices) {
      if (choice == kAccumulating) return false;
    }
    const std::vector<Candidate>& all = ending[segment.last];
    const bool known = std::any_of(all.begin(), all.end(), [&](const Candidate& candidate) {
      return candidate.first == segment.first && candidate.reversed != segment.reversed;
    });
    if (known) segment.reversed = !segment.reversed;
    return known;
  }

  // The cheapest kernels whose scratch fits; false if some instance has none.
  bool fit(const Candidate& candidate, int64_t bytes, Segment& segment) const {
    if (candidate.rows.bytes > bytes) return false;
    segment = {candidate.first, candidate.last, candidate.reversed, candidate.rows.bytes, candidate.calls, {}};
    for (size_t i = candidate.first; i < candidate.last; ++i) {
      const Instance& instance = layers.instances[i];
      if (candidate.last - candidate.first > 1) {
        if (const Selection* choice = accumulating_choice(instance, candidate.reversed)) {
          segment.cycles += choice->cycles;
          segment.choices.push_back(kAccumulating);
          continue;
        }
      }
      const std::vector<Selection>& choices = instance.choices.whole;
      const int64_t beside = candidate.rows.of_member[i - candidate.first];
      size_t pick = 0;
      while (pick < choices.size() && beside + choices[pick].needs.scratch_bytes > bytes) ++pick;
      if (pick == choices.size()) return false;
      segment.cycles += choices[pick].cycles;
      segment.bytes = std::max(segment.bytes, beside + choices[pick].needs.scratch_bytes);
      segment.choices.push_back(pick);
    }
    return true;
  }

  Schedule fastest(int64_t bytes) const {
    struct Best {
      double cycles = std::numeric_limits<double>::infinity();
      Segment segment;
    };
    std::vector<Best> best(ending.size());
    best[0].cycles = 0;
    for (size_t last = 1; last < ending.size(); ++last) {
      for (const Candidate& candidate : ending[last]) {
        const double before = best[candidate.first].cycles;
        Segment segment;
        if (before + candidate.calls >= best[last].cycles || !fit(candidate, bytes, segment)) continue;
        if (before + segment.cycles < best[last].cycles) best[last] = {before + segment.cycles, std::move(segment)};
      }
    }
    Schedule schedule;
    schedule.cycles = best.back().cycles;
    if (schedule.cycles == std::numeric_limits<double>::infinity()) return {};
    for (size_t last = best.size() - 1; last > 0; last = schedule.segments.back().first) {
      schedule.bytes = std::max(schedule.bytes, best[last].segment.bytes);
      schedule.segments.push_back(best[last].segment);
    }
    std::reverse(schedule.segments.begin(), schedule.segments.end());
    return schedule;
  }
};

ScheduleSearch::ScheduleSearch(const Program& layers, const PlanOptions& options, bool pipelines)
    : impl_(std::make_unique<Impl>(layers, options, pipelines)) {}
ScheduleSearch::~ScheduleSearch() = default;

bool ScheduleSearch::exhausted() const { return impl_->exhausted; }

Schedule ScheduleSearch::fastest(int64_t bytes) const { return impl_->fastest(bytes); }

std::vector<Schedule> ScheduleSearch::price_list(double most_cycles) const {
  std::vector<Schedule> list;
  int64_t bytes = kAnyBytes;
  // The list is that fine: steps of 1/256 or 1/32, then single bytes where that fails.
  int64_t stride = impl_->layers.instances.size() > 100 ? 32 : 256;
  while (true) {
    Schedule next = fastest(bytes);
    if (!list.empty() && next.cycles > list.front().cycles * most_cycles) return list;
    if (next.segments.empty()) {
      if (list.empty() || stride == kAnyBytes) return list;
      stride = kAnyBytes;
    } else {
      list.push_back(std::move(next));
    }
    bytes = list.back().bytes - std::max<int64_t>(1, list.back().bytes / stride);
    if (bytes < 0) return list;
  }
}

Schedule ScheduleSearch::with_least_scratch(Schedule schedule) const {
  for (Segment& segment : schedule.segments) {
    for (size_t k = 0; k < segment.choices.size(); ++k) {
      if (segment.choices[k] == kAccumulating) continue;
      const std::vector<Selection>& choices = impl_->layers.instances[segment.first + k].choices.whole;
      const double more = choices.back().cycles - choices[segment.choices[k]].cycles;
      segment.choices[k] = choices.size() - 1;
      segment.cycles += more;
      schedule.cycles += more;
    }
  }
  return schedule;
}

std::optional<Schedule> ScheduleSearch::with_other_order(Schedule schedule) const {
  bool turned = false;
  for (Segment& segment : schedule.segments) {
    if (segment.last - segment.first > 1 && impl_->reads_planes(segment)) turned |= impl_->turn(segment);
  }
  return turned ? std::optional(std::move(schedule)) : std::nullopt;
}

Program ScheduleSearch::build(const Schedule& schedule) const {
  Program program = without_body(impl_->layers);
  for (const Segment& segment : schedule.segments) {
    std::vector<int> members(segment.last - segment.first);
    std::iota(members.begin(), members.end(), static_cast<int>(segment.first));
    for (size_t k = 0; k < members.size(); ++k) {
      const Choices choices = program.instances[static_cast<size_t>(members[k])].choices;
      const Selection* accumulating =
          accumulating_choice(impl_->layers.instances[static_cast<size_t>(members[k])], segment.reversed);
      use_kernel(program, members[k],
                 segment.choices[k] == kAccumulating ? *accumulating : choices.whole[segment.choices[k]]);
    }
    if (members.size() == 1) {
      Stage stage;
      stage.prologue.push_back({members[0], 0, program.instances[static_cast<size_t>(members[0])].rows});
      program.body.emplace_back(std::move(stage));
      continue;
    }
    const Result<Interleaved> rows = interleave(program, members, segment.reversed);
    if (!rows) TINYC_BUG("pipeline: " + rows.message());
    for (const Interleaved::Ring& ring : rows->rings)
      program.buffers[static_cast<size_t>(ring.buffer)].ring = ring.rows;
    Stage stage = stage_of(rows->steps);
    stage.pushed = segment.first == 0 && pushes_rows(program);
    program.body.emplace_back(std::move(stage));
  }
  return program;
}

Status can_push_rows(const Program& layers) {
  if (layers.instances.size() < 2) return Failure{"nothing reads the input"};
  const std::vector<Access>& first = layers.instances[0].inputs;
  if (first.empty() || !layers.buffers[static_cast<size_t>(first[0].buffer)].pushed)
    return Failure{"a layer that does not depend on the input comes before it"};
  Program program = without_body(layers);
  if (const Selection* choice = accumulating_choice(layers.instances[1], false)) use_kernel(program, 1, *choice);
  const int members[] = {0, 1};
  const Result<Interleaved> rows = interleave(program, members, false);
  return rows ? Status{} : Status{Failure{rows.message()}};
}

}  // namespace tinyc
