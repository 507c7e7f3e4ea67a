// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/check_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tinyc {
namespace {

// Owner of a byte: row `row` of buffer `buffer`.
struct Owner {
  int buffer = -1;
  int64_t row = -1;
  bool operator==(const Owner&) const = default;
};

// Where a row lies: one range of bytes, or one in each of several planes.
struct Ranges {
  int64_t begin;  // of the first
  int64_t bytes;  // of each
  int64_t planes = 1;
  int64_t plane_bytes = 0;  // from one to the next
  int64_t begin_of(int64_t plane) const { return begin + plane * plane_bytes; }
  int64_t end() const { return begin_of(planes - 1) + bytes; }
};

constexpr int64_t kCallsBytes = 4;

class Replay {
 public:
  Replay(const Program& program, const Plan& plan) : program_(program), plan_(plan) {
    workspace_.resize(static_cast<size_t>(plan.workspace_bytes));
    state_.resize(static_cast<size_t>(plan.state_bytes));
    outside_.resize(program.buffers.size());
    for (size_t i = 0; i < program.buffers.size(); ++i) {
      if (!is_placed(static_cast<int>(i))) outside_[i].resize(static_cast<size_t>(program.buffers[i].bytes()));
    }
  }

  Status run(const PlanOptions& options) {
    if (const Status status = check_places(); !status) return status;
    if (const Status status = check_progress(); !status) return status;
    if (program_.counts_calls && (plan_.calls_offset < 0 || plan_.calls_offset % kCallsBytes != 0 ||
                                  plan_.calls_offset + kCallsBytes > plan_.state_bytes))
      return Failure{"the number of calls lies outside the state"};
    own_ports(BufferKind::input);
    own_found_states();
    for (const TimedStep& timed : timed_steps(program_)) {
      if (const Status status = step(timed); !status) return status;
    }
    if (const Status status = expect_ports(BufferKind::output); !status) return status;
    if (const Status status = expect_left_states(); !status) return status;
    return options.keep_inputs ? expect_ports(BufferKind::input) : Status{};
  }

 private:
  const Buffer& buffer(int index) const { return program_.buffers[static_cast<size_t>(index)]; }
  int64_t offset(int index) const { return plan_.placements[static_cast<size_t>(index)].offset; }
  bool in_workspace(int index) const { return !buffer(index).external && buffer(index).kind != BufferKind::state; }
  bool is_placed(int index) const { return in_workspace(index) || is_state_port(buffer(index)); }
  std::vector<Owner>& memory(int index) {
    if (is_state_port(buffer(index))) return state_;
    return in_workspace(index) ? workspace_ : outside_[static_cast<size_t>(index)];
  }

  static bool lies_in_planes(const Buffer& buffer) {
    return buffer.planes > 0 && buffer.dense() && buffer.row_bytes % buffer.planes == 0;
  }

  Status check_places() const {
    if (plan_.placements.size() != program_.buffers.size()) return Failure{"the plan has another number of buffers"};
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      if (!is_placed(static_cast<int>(i))) continue;
      const int64_t at = plan_.placements[i].offset;
      const bool state = !in_workspace(static_cast<int>(i));
      if (at < 0 || at + program_.buffers[i].bytes() > (state ? plan_.state_bytes : plan_.workspace_bytes))
        return Failure{
            fmt::format("buffer '{}' lies outside the {}", program_.buffers[i].name, state ? "state" : "workspace")};
      const int element =
          program_.buffers[i].kind == BufferKind::scratch ? 1 : ir::element_bytes(program_.buffers[i].form.element);
      if (at % std::max(program_.buffers[i].form.alignment, element) != 0)
        return Failure{fmt::format("buffer '{}' is not aligned", program_.buffers[i].name)};
      if (program_.buffers[i].planes != 1 && !lies_in_planes(program_.buffers[i]))
        return Failure{fmt::format("buffer '{}' has no such planes", program_.buffers[i].name)};
    }
    return {};
  }

  // What a pushed stage keeps from row to row lies behind everything else.
  Status check_progress() const {
    for (size_t n = 0; n < program_.body.size(); ++n) {
      const Stage* stage = std::get_if<Stage>(&program_.body[n]);
      if (!stage || !stage->pushed) continue;
      const int64_t at = plan_.progress_offset;
      if (n > 0) return Failure{"rows are pushed into a later stage"};
      if (at < 0 || at % 4 != 0 || at + progress_bytes(*stage) > plan_.workspace_bytes)
        return Failure{"the progress of pushed rows lies outside the workspace"};
      for (size_t i = 0; i < program_.buffers.size(); ++i) {
        if (in_workspace(static_cast<int>(i)) && plan_.placements[i].offset + program_.buffers[i].bytes() > at)
          return Failure{fmt::format("buffer '{}' lies over the progress of pushed rows", program_.buffers[i].name)};
      }
    }
    return {};
  }

  // The caller shows each row of a pushed input once, first to last, and only to the first member of the pushed stage.
  Status take_pushed(int index, RowRange rows, const TimedStep& timed) {
    const Stage* first = program_.body.empty() ? nullptr : std::get_if<Stage>(&program_.body[0]);
    if (!first || !first->pushed || timed.step.instance != members_of(*first).front())
      return Failure{
          fmt::format("step {}: only the pushed stage's first member may read '{}'", timed.call, buffer(index).name)};
    if (rows.first != next_pushed_ || rows.last != next_pushed_ + 1)
      return Failure{fmt::format("step {}: row {} of '{}' is not the one that is shown", timed.call, rows.first,
                                 buffer(index).name)};
    ++next_pushed_;
    return {};
  }

  // Bytes of one row of a buffer in its memory.
  Ranges row_ranges(int index, int64_t row) const {
    const Buffer& b = buffer(index);
    const int64_t base = is_placed(index) ? offset(index) : 0;
    const int64_t run_bytes = b.row_bytes / b.planes;
    return {base + row % b.ring * run_bytes, run_bytes, b.planes, b.bytes() / b.planes};
  }

  void own(int index, int64_t row) {
    const Ranges ranges = row_ranges(index, row);
    for (int64_t plane = 0; plane < ranges.planes; ++plane)
      std::fill_n(memory(index).begin() + ranges.begin_of(plane), ranges.bytes, Owner{index, row});
  }
  Status expect(int index, int64_t row, int time) {
    const Ranges ranges = row_ranges(index, row);
    for (int64_t plane = 0; plane < ranges.planes; ++plane) {
      const auto first = memory(index).begin() + ranges.begin_of(plane);
      if (!std::all_of(first, first + ranges.bytes, [&](const Owner& owner) { return owner == Owner{index, row}; }))
        return Failure{fmt::format("step {}: row {} of '{}' is not there", time, row, buffer(index).name)};
    }
    return {};
  }

  void own_ports(BufferKind kind) {
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      for (int64_t row = 0; program_.buffers[i].kind == kind && row < program_.buffers[i].rows; ++row)
        own(static_cast<int>(i), row);
    }
  }
  Status expect_ports(BufferKind kind) {
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      for (int64_t row = 0; program_.buffers[i].kind == kind && row < program_.buffers[i].rows; ++row) {
        if (const Status status = expect(static_cast<int>(i), row, static_cast<int>(timeline(program_).size()));
            !status)
          return status;
      }
    }
    return {};
  }

  // A call finds its states, but for the number of calls, which lies where nobody reads.
  void own_found_states() {
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      for (int64_t row = 0; program_.buffers[i].is_found && row < program_.buffers[i].rows; ++row)
        own(static_cast<int>(i), row);
    }
    if (program_.counts_calls) std::fill_n(state_.begin() + plan_.calls_offset, kCallsBytes, Owner{});
  }
  // It leaves them, each in the place where the next one finds it; the number of calls is written over that.
  Status expect_left_states() {
    std::vector<int64_t> places(program_.buffers.size(), -1);
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      const Buffer& found = program_.buffers[i];
      if (found.is_found) places[static_cast<size_t>(found.port)] = offset(static_cast<int>(i));
    }
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      const Buffer& left = program_.buffers[i];
      if (!is_state_port(left) || left.is_found) continue;
      if (offset(static_cast<int>(i)) != places[static_cast<size_t>(left.port)])
        return Failure{fmt::format("state '{}' is left in another place", left.name)};
      for (int64_t row = 0; row < left.rows; ++row) {
        if (const Status status = expect(static_cast<int>(i), row, static_cast<int>(timeline(program_).size()));
            !status)
          return status;
      }
    }
    return {};
  }

  struct Read {
    int buffer;
    int64_t row;
    Ranges ranges;
    bool may_be_overwritten;  // by the same row of the first result
  };

  Status step(const TimedStep& timed) {
    const RowStep& step = timed.step;
    const Instance& instance = program_.instances[static_cast<size_t>(step.instance)];
    if (step.y0 < 0 || step.y1 > instance.rows || step.y0 > step.y1)
      return Failure{fmt::format("step {}: rows {} to {} of {}", timed.call, step.y0, step.y1, instance.rows)};
    std::vector<Read> read;
    for (size_t k = 0; k < instance.inputs.size(); ++k) {
      const int source = instance.inputs[k].buffer;
      const RowRange rows = input_rows(program_, step, k);
      if (buffer(source).pushed) {
        if (const Status status = take_pushed(source, rows, timed); !status) return status;
        continue;
      }
      for (int64_t row = rows.first; row < rows.last; ++row) {
        if (const Status status = expect(source, row, timed.call); !status) return status;
        if (is_placed(source))
          read.push_back({source, row, row_ranges(source, row), may_lie_on_input(program_, instance, k)});
      }
    }
    const bool sums = instance.needs.accumulates != Accumulates::no;
    if (const Status status = scratch(instance.scratch, sums, timed, read); !status) return status;
    if (const Status status = scratch(instance.prefetch, true, timed, read); !status) return status;
    return write(instance, timed, read);
  }

  static bool overlap(const Ranges& some, const Ranges& others) {
    if (some.begin >= others.end() || others.begin >= some.end()) return false;
    for (int64_t a = 0; a < some.planes; ++a) {
      for (int64_t b = 0; b < others.planes; ++b) {
        if (some.begin_of(a) < others.begin_of(b) + others.bytes && others.begin_of(b) < some.begin_of(a) + some.bytes)
          return true;
      }
    }
    return false;
  }

  // Written while it is read: only element by element at the same place.
  Status write(const Instance& instance, const TimedStep& timed, const std::vector<Read>& read) {
    for (size_t k = 0; k < instance.outputs.size(); ++k) {
      const int target = instance.outputs[k].buffer;
      const RowRange rows = output_rows(program_, timed.step, k);
      for (int64_t row = rows.first; row < rows.last; ++row) {
        const Ranges to = row_ranges(target, row);
        for (const Read& from : read) {
          const bool in_place = k == 0 && from.may_be_overwritten && from.row == row && from.ranges.begin == to.begin;
          const bool same_memory = is_placed(target) && in_workspace(target) == in_workspace(from.buffer);
          if (same_memory && overlap(to, from.ranges) && !in_place)
            return Failure{fmt::format("step {}: '{}' is written over '{}' while that is read", timed.call,
                                       buffer(target).name, buffer(from.buffer).name)};
        }
        for (const int own_buffer : {instance.scratch, instance.prefetch}) {
          if (in_workspace(target) && own_buffer >= 0 && overlap(to, row_ranges(own_buffer, 0)))
            return Failure{fmt::format("step {}: scratch lies over '{}'", timed.call, buffer(target).name)};
        }
        own(target, row);
      }
    }
    return {};
  }

  // Scratch holds from step to step of one call; that of a kernel which accumulates, and copies of constants, through
  // all calls.
  Status scratch(int index, bool lives_on, const TimedStep& timed, const std::vector<Read>& read) {
    if (index < 0) return {};
    const Ranges place = row_ranges(index, 0);
    for (const Read& from : read) {
      if (in_workspace(from.buffer) && overlap(place, from.ranges))
        return Failure{fmt::format("step {}: scratch lies over '{}'", timed.call, buffer(from.buffer).name)};
    }
    int& last_call = scratch_call_[index];
    const bool goes_on = last_call == timed.call + 1 || (last_call > 0 && lives_on);
    last_call = timed.call + 1;
    if (goes_on) return expect(index, 0, timed.call);
    own(index, 0);
    return {};
  }

  const Program& program_;
  const Plan& plan_;
  std::vector<Owner> workspace_;
  std::vector<Owner> state_;
  std::vector<std::vector<Owner>> outside_;
  int64_t next_pushed_ = 0;
  std::map<int, int> scratch_call_;  // scratch buffer -> call that used it last, plus one
};

}  // namespace

Status check_plan(const Program& program, const Plan& plan, const PlanOptions& options) {
  return Replay(program, plan).run(options);
}

}  // namespace tinyc
