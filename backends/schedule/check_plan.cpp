// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/check_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace tinyc {
namespace {

// Owner of a byte: row `row` of buffer `buffer`.
struct Owner {
  int buffer = -1;
  int64_t row = -1;
  bool operator==(const Owner&) const = default;
};

struct Range {
  int64_t begin;
  int64_t end;
};

class Replay {
 public:
  Replay(const Program& program, const Plan& plan) : program_(program), plan_(plan) {
    workspace_.resize(static_cast<size_t>(plan.workspace_bytes));
    outside_.resize(program.buffers.size());
    for (size_t i = 0; i < program.buffers.size(); ++i) {
      if (!in_workspace(static_cast<int>(i))) outside_[i].resize(static_cast<size_t>(program.buffers[i].bytes()));
    }
  }

  Status run(const PlanOptions& options) {
    if (const Status status = check_places(); !status) return status;
    own_ports(BufferKind::input);
    const std::vector<RowStep> steps = timeline(program_);
    for (size_t t = 0; t < steps.size(); ++t) {
      if (const Status status = step(steps[t], t); !status) return status;
    }
    if (const Status status = expect_ports(BufferKind::output); !status) return status;
    return options.keep_inputs ? expect_ports(BufferKind::input) : Status{};
  }

 private:
  const Buffer& buffer(int index) const { return program_.buffers[static_cast<size_t>(index)]; }
  int64_t offset(int index) const { return plan_.placements[static_cast<size_t>(index)].offset; }
  bool in_workspace(int index) const { return !buffer(index).external && buffer(index).kind != BufferKind::state; }
  std::vector<Owner>& memory(int index) {
    return in_workspace(index) ? workspace_ : outside_[static_cast<size_t>(index)];
  }

  Status check_places() const {
    if (plan_.placements.size() != program_.buffers.size()) return Failure{"the plan has another number of buffers"};
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      if (!in_workspace(static_cast<int>(i))) continue;
      const int64_t at = plan_.placements[i].offset;
      if (at < 0 || at + program_.buffers[i].bytes() > plan_.workspace_bytes)
        return Failure{fmt::format("buffer '{}' lies outside the workspace", program_.buffers[i].name)};
      if (at % program_.buffers[i].form.alignment != 0)
        return Failure{fmt::format("buffer '{}' is not aligned", program_.buffers[i].name)};
    }
    return {};
  }

  // Bytes of one row of a buffer in its memory.
  Range row_range(int index, int64_t row) const {
    const Buffer& b = buffer(index);
    const int64_t base = in_workspace(index) ? offset(index) : 0;
    const int64_t begin = base + row % b.ring * b.row_bytes;
    return {begin, begin + b.row_bytes};
  }

  // Buffer rows that rows [first, last) of an access cover.
  RowRange buffer_rows(const Access& access, RowRange rows) const {
    const Buffer& b = buffer(access.buffer);
    if (access.rows == b.rows || b.row_bytes == 0) return rows;
    return {rows.first * access.row_bytes / b.row_bytes,
            (rows.last * access.row_bytes + b.row_bytes - 1) / b.row_bytes};
  }

  void own(int index, int64_t row) {
    const Range range = row_range(index, row);
    std::fill(memory(index).begin() + range.begin, memory(index).begin() + range.end, Owner{index, row});
  }
  Status expect(int index, int64_t row, size_t time) {
    const Range range = row_range(index, row);
    const auto first = memory(index).begin() + range.begin;
    if (std::all_of(first, memory(index).begin() + range.end, [&](const Owner& owner) {
          return owner == Owner{index, row};
        }))
      return {};
    return Failure{fmt::format("step {}: row {} of '{}' is not there", time, row, buffer(index).name)};
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
        if (const Status status = expect(static_cast<int>(i), row, timeline(program_).size()); !status) return status;
      }
    }
    return {};
  }

  Status step(const RowStep& step, size_t time) {
    const Instance& instance = program_.instances[static_cast<size_t>(step.instance)];
    if (step.y0 < 0 || step.y1 > instance.rows || step.y0 > step.y1)
      return Failure{fmt::format("step {}: rows {} to {} of {}", time, step.y0, step.y1, instance.rows)};
    std::vector<std::pair<int, Range>> read;
    for (size_t i = 0; i < instance.inputs.size(); ++i) {
      const Access& access = instance.inputs[i];
      const RowRange rows =
          buffer_rows(access, rows_read(instance.needs.inputs[i].window, step.y0, step.y1, access.rows));
      for (int64_t row = rows.first; row < rows.last; ++row) {
        if (const Status status = expect(access.buffer, row, time); !status) return status;
        if (in_workspace(access.buffer)) read.push_back({access.buffer, row_range(access.buffer, row)});
      }
    }
    return write(instance, step, time, read);
  }

  Status write(const Instance& instance, const RowStep& step, size_t time,
               const std::vector<std::pair<int, Range>>& read) {
    const auto overlaps = [](Range a, Range b) { return a.begin < b.end && b.begin < a.end; };
    for (const Access& access : instance.outputs) {
      const RowRange rows = buffer_rows(access, {step.y0, step.y1});
      for (int64_t row = rows.first; row < rows.last; ++row) {
        const Range to = row_range(access.buffer, row);
        for (const auto& [source, from] : read) {
          // Written while it is read: only element by element at the same place.
          const bool in_place = instance.needs.front == WriteFront::element && offset(source) == offset(access.buffer);
          if (in_workspace(access.buffer) && overlaps(to, from) && !in_place)
            return Failure{fmt::format("step {}: '{}' is written over '{}' while that is read", time,
                                       buffer(access.buffer).name, buffer(source).name)};
        }
        own(access.buffer, row);
      }
    }
    return scratch(instance, time, read);
  }

  Status scratch(const Instance& instance, size_t time, const std::vector<std::pair<int, Range>>& read) {
    if (instance.scratch < 0) return {};
    const Range range{offset(instance.scratch), offset(instance.scratch) + buffer(instance.scratch).bytes()};
    for (const auto& [source, from] : read) {
      if (range.begin < from.end && from.begin < range.end)
        return Failure{fmt::format("step {}: scratch lies over '{}'", time, buffer(source).name)};
    }
    for (const Access& access : instance.outputs) {
      if (!in_workspace(access.buffer)) continue;
      const int64_t begin = offset(access.buffer);
      if (range.begin < begin + buffer(access.buffer).bytes() && begin < range.end)
        return Failure{fmt::format("step {}: scratch lies over '{}'", time, buffer(access.buffer).name)};
    }
    std::fill(workspace_.begin() + range.begin, workspace_.begin() + range.end, Owner{});
    return {};
  }

  const Program& program_;
  const Plan& plan_;
  std::vector<Owner> workspace_;
  std::vector<std::vector<Owner>> outside_;
};

}  // namespace

Status check_plan(const Program& program, const Plan& plan, const PlanOptions& options) {
  return Replay(program, plan).run(options);
}

}  // namespace tinyc
