// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/row_pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tinyc {
namespace {

class Pipeline {
 public:
  Pipeline(Program& program, size_t first, size_t last) : program_(program), first_(first), last_(last) {}

  Status run() {
    if (const Status status = collect(); !status) return status;
    const int sink = members_.back();
    const Instance& last = instance(sink);
    while (done_[sink] < last.rows) make_next(sink);
    size_rings();
    program_.body[first_] = compressed();
    program_.body.erase(program_.body.begin() + static_cast<int64_t>(first_) + 1,
                        program_.body.begin() + static_cast<int64_t>(last_));
    return {};
  }

 private:
  Instance& instance(int index) { return program_.instances[static_cast<size_t>(index)]; }

  Status collect() {
    for (size_t i = first_; i < last_; ++i) {
      const Stage* stage = std::get_if<Stage>(&program_.body[i]);
      if (!stage || stage->prologue.size() != 1 || stage->count != 0) return Failure{"not a single step"};
      const int member = stage->prologue[0].instance;
      if (instance(member).needs.granule == 0 || instance(member).batch != 1)
        return Failure{fmt::format("'{}' runs as a whole", instance(member).kernel->def->name)};
      members_.push_back(member);
      for (const Access& out : instance(member).outputs) producer_[out.buffer] = member;
    }
    for (const int member : members_) {
      const Instance& user = instance(member);
      for (size_t k = 0; k < user.inputs.size(); ++k) {
        if (!producer_.count(user.inputs[k].buffer)) continue;
        const Buffer& between = program_.buffers[static_cast<size_t>(user.inputs[k].buffer)];
        if (user.needs.inputs[k].window.all || user.inputs[k].rows != between.rows)
          return Failure{fmt::format("'{}' needs all rows of '{}'", user.kernel->def->name, between.name)};
      }
    }
    return {};
  }

  // Makes the next granule of an instance, first whatever rows it reads.
  void make_next(int member) {
    const Instance& user = instance(member);
    const int64_t y0 = done_[member];
    const int64_t y1 = std::min(user.rows, y0 + user.needs.granule);
    for (size_t k = 0; k < user.inputs.size(); ++k) {
      const auto maker = producer_.find(user.inputs[k].buffer);
      if (maker == producer_.end()) continue;
      const RowRange rows = rows_read(user.needs.inputs[k].window, y0, y1, user.inputs[k].rows);
      while (done_[maker->second] < rows.last) make_next(maker->second);
    }
    steps_.push_back({member, y0, y1});
    done_[member] = y1;
  }

  bool used_elsewhere(int buffer) const {
    if (program_.buffers[static_cast<size_t>(buffer)].kind != BufferKind::value) return true;
    const std::set<int> inside(members_.begin(), members_.end());
    for (size_t i = 0; i < program_.instances.size(); ++i) {
      if (inside.count(static_cast<int>(i))) continue;
      for (const Access& in : program_.instances[i].inputs) {
        if (in.buffer == buffer) return true;
      }
    }
    return false;
  }

  // Smallest ring such that every row is read for the last time before its slot is written again.
  void size_rings() {
    for (const auto& [index, maker] : producer_) {
      if (used_elsewhere(index)) continue;
      Buffer& buffer = program_.buffers[static_cast<size_t>(index)];
      int64_t ring = 1;
      int64_t made = 0;
      int64_t oldest = 0;
      std::vector<size_t> last_read(static_cast<size_t>(buffer.rows), 0);
      visit_reads(index, [&](size_t time, int64_t row) { last_read[static_cast<size_t>(row)] = time; });
      for (size_t t = 0; t < steps_.size(); ++t) {
        if (steps_[t].instance != maker) continue;
        made = steps_[t].y1;
        while (oldest < steps_[t].y0 && last_read[static_cast<size_t>(oldest)] < t) ++oldest;
        ring = std::max(ring, made - oldest);
      }
      buffer.ring = ring;
    }
  }
  template <class Visit>
  void visit_reads(int buffer, Visit visit) {
    for (size_t t = 0; t < steps_.size(); ++t) {
      const Instance& user = instance(steps_[t].instance);
      for (size_t k = 0; k < user.inputs.size(); ++k) {
        if (user.inputs[k].buffer != buffer) continue;
        const RowRange rows = rows_read(user.needs.inputs[k].window, steps_[t].y0, steps_[t].y1, user.inputs[k].rows);
        for (int64_t row = rows.first; row < rows.last; ++row) visit(t, row);
      }
    }
  }

  // Finds the repetition that covers most steps: steps[i + period] = steps[i] with every instance advanced by a
  // constant.
  Stage compressed() const {
    Stage best;
    best.prologue = steps_;
    size_t best_saved = 0;
    for (size_t period = 1; period <= std::min<size_t>(steps_.size() / 2, 64); ++period) {
      for (size_t begin = 0; begin + 2 * period <= steps_.size(); ++begin) {
        const int64_t count = repetitions(begin, period);
        const size_t saved = static_cast<size_t>(std::max<int64_t>(0, count - 1)) * period;
        if (saved <= best_saved) continue;
        best_saved = saved;
        best = split(begin, period, count);
      }
    }
    return best;
  }
  int64_t repetitions(size_t begin, size_t period) const {
    int64_t count = 1;
    std::vector<int64_t> advance(period, 0);
    for (size_t i = begin + period; i + period <= steps_.size() + 0 && i < steps_.size(); i += period, ++count) {
      for (size_t k = 0; k < period; ++k) {
        const RowStep& before = steps_[i + k - period];
        const RowStep& now = steps_[i + k];
        const int64_t by = now.y0 - before.y0;
        if (now.instance != before.instance || now.y1 - now.y0 != before.y1 - before.y0) return count;
        if (count > 1 && by != advance[k]) return count;
        advance[k] = by;
      }
    }
    return count;
  }
  Stage split(size_t begin, size_t period, int64_t count) const {
    const auto at = [&](size_t i) { return steps_.begin() + static_cast<int64_t>(i); };
    Stage stage;
    stage.prologue.assign(steps_.begin(), at(begin));
    stage.steady.assign(at(begin), at(begin + period));
    for (size_t k = 0; k < period && count > 1; ++k)
      stage.steady[k].advance = steps_[begin + period + k].y0 - steps_[begin + k].y0;
    stage.count = count;
    stage.epilogue.assign(at(begin + period * static_cast<size_t>(count)), steps_.end());
    return stage;
  }

  Program& program_;
  size_t first_;
  size_t last_;
  std::vector<int> members_;
  std::map<int, int> producer_;  // buffer -> instance inside the pipeline
  std::map<int, int64_t> done_;  // rows made so far
  std::vector<RowStep> steps_;
};

}  // namespace

Status fuse_into_pipeline(Program& program, size_t first, size_t last) { return Pipeline(program, first, last).run(); }

}  // namespace tinyc
