// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/row_pipeline.h"

#include <fmt/format.h>

#include <algorithm>

namespace tinyc {
namespace {

// Emitted pipelines count the rows of a layer in 16 bits.
constexpr int64_t kMostRows = 65535;

class Interleaver {
 public:
  Interleaver(const Program& program, std::span<const int> members, bool reversed)
      : program_(program),
        members_(members),
        reversed_(reversed),
        maker_(program.buffers.size(), -1),
        done_(program.instances.size(), -1),
        depth_(program.instances.size(), 0) {}

  Result<Interleaved> run() {
    if (const Status status = collect(); !status) return Failure{status.message()};
    const std::vector<int> last = results();
    while (true) {
      // The result that is furthest behind, so that several keep pace.
      int next = -1;
      for (const int member : last) {
        if (done(member) == instance(member).rows) continue;
        if (next < 0 || done(member) * instance(next).rows < done(next) * instance(member).rows) next = member;
      }
      if (next < 0) break;
      make_next(next);
    }
    size_rings();
    return std::move(result_);
  }

 private:
  const Instance& instance(int index) const { return program_.instances[static_cast<size_t>(index)]; }
  int64_t& done(int member) { return done_[static_cast<size_t>(member)]; }
  int maker(int buffer) const { return maker_[static_cast<size_t>(buffer)]; }
  bool is_member(int index) const { return done_[static_cast<size_t>(index)] >= 0; }

  Status collect() {
    for (const int member : members_) {
      const Instance& made = instance(member);
      if (made.needs.granule == 0 || made.batch != 1)
        return Failure{fmt::format("'{}' runs as a whole", made.kernel->def->name)};
      if (writes_state(program_, made))
        return Failure{fmt::format("'{}' writes what the next call reads", made.kernel->def->name)};
      if (made.rows > kMostRows)
        return Failure{
            fmt::format("'{}' has {} rows, of which {} can be counted", made.op->result()->name, made.rows, kMostRows)};
      const Accumulates other = reversed_ ? Accumulates::from_first : Accumulates::from_last;
      if (made.needs.accumulates == other)
        return Failure{fmt::format("'{}' takes its rows in the other order", made.kernel->def->name)};
      done(member) = 0;
      for (const Access& out : made.outputs) maker_[static_cast<size_t>(out.buffer)] = member;
    }
    for (const int member : members_) {
      const Instance& user = instance(member);
      for (size_t k = 0; k < user.inputs.size(); ++k) {
        const int from = maker(user.inputs[k].buffer);
        if (from < 0) continue;
        int& depth = depth_[static_cast<size_t>(member)];
        depth = std::max(depth, depth_[static_cast<size_t>(from)] + 1);
        const Buffer& between = program_.buffers[static_cast<size_t>(user.inputs[k].buffer)];
        const bool same_rows =
            user.inputs[k].rows == between.rows && made_rows(from, user.inputs[k].buffer) == between.rows;
        if (user.needs.inputs[k].window.all || !same_rows)
          return Failure{fmt::format("'{}' needs all rows of '{}'", user.kernel->def->name, between.name)};
      }
    }
    return {};
  }

  int64_t made_rows(int member, int buffer) const {
    for (const Access& out : instance(member).outputs) {
      if (out.buffer == buffer) return out.rows;
    }
    return -1;
  }

  // Instances of whose results one is read by no other member.
  std::vector<int> results() const {
    std::vector<uint8_t> read(program_.buffers.size(), 0);
    for (const int member : members_) {
      for (const Access& in : instance(member).inputs) read[static_cast<size_t>(in.buffer)] = 1;
    }
    std::vector<int> last;
    for (const int member : members_) {
      const auto unread = [&](const Access& out) { return !read[static_cast<size_t>(out.buffer)]; };
      const std::vector<Access>& outputs = instance(member).outputs;
      if (std::any_of(outputs.begin(), outputs.end(), unread)) last.push_back(member);
    }
    return last;
  }

  // Inputs made here. A shortcut's row waits for that of the longer way, which is the better order: it needs rows that
  // the longer way still keeps.
  std::vector<size_t> longest_first(const Instance& user) const {
    std::vector<size_t> inputs;
    for (size_t k = 0; k < user.inputs.size(); ++k) {
      if (maker(user.inputs[k].buffer) >= 0) inputs.push_back(k);
    }
    const auto depth = [&](size_t k) { return depth_[static_cast<size_t>(maker(user.inputs[k].buffer))]; };
    std::stable_sort(inputs.begin(), inputs.end(), [&](size_t a, size_t b) { return depth(a) > depth(b); });
    return inputs;
  }

  // Makes the next granule of an instance, first whatever rows it reads.
  void make_next(int member) {
    const Instance& user = instance(member);
    const int64_t from = done(member);
    const int64_t to = std::min(user.rows, from + user.needs.granule);
    const int64_t y0 = reversed_ ? user.rows - to : from;
    const int64_t y1 = reversed_ ? user.rows - from : to;
    for (const size_t k : longest_first(user)) {
      const int source = maker(user.inputs[k].buffer);
      const RowRange rows = rows_read(user.needs.inputs[k].window, y0, y1, user.inputs[k].rows);
      if (rows.first == rows.last) continue;
      int64_t needed = reversed_ ? user.inputs[k].rows - rows.first : rows.last;
      if (instance(source).needs.accumulates != Accumulates::no) needed = instance(source).rows;
      while (done(source) < needed) make_next(source);
    }
    RowStep step;
    step.instance = member;
    step.y0 = y0;
    step.y1 = y1;
    result_.steps.push_back(step);
    done(member) = to;
  }

  std::vector<uint8_t> read_elsewhere() const {
    std::vector<uint8_t> elsewhere(program_.buffers.size(), 0);
    for (size_t i = 0; i < program_.instances.size(); ++i) {
      if (is_member(static_cast<int>(i))) continue;
      for (const Access& in : program_.instances[i].inputs) elsewhere[static_cast<size_t>(in.buffer)] = 1;
    }
    return elsewhere;
  }

  void size_rings() {
    const std::vector<uint8_t> elsewhere = read_elsewhere();
    std::vector<std::vector<int>> last_read(program_.buffers.size());
    for (size_t t = 0; t < result_.steps.size(); ++t) {
      const RowStep& step = result_.steps[t];
      const Instance& user = instance(step.instance);
      for (size_t k = 0; k < user.inputs.size(); ++k) {
        const int buffer = user.inputs[k].buffer;
        if (maker(buffer) < 0) continue;
        std::vector<int>& last = last_read[static_cast<size_t>(buffer)];
        last.resize(static_cast<size_t>(program_.buffers[static_cast<size_t>(buffer)].rows), -1);
        const RowRange rows = input_rows(program_, step, k);
        for (int64_t row = rows.first; row < rows.last; ++row) last[static_cast<size_t>(row)] = static_cast<int>(t);
      }
    }
    for (const int member : members_) {
      for (size_t k = 0; k < instance(member).outputs.size(); ++k) {
        const int buffer = instance(member).outputs[k].buffer;
        const bool own = program_.buffers[static_cast<size_t>(buffer)].kind == BufferKind::value;
        if (own && !elsewhere[static_cast<size_t>(buffer)])
          result_.rings.push_back({buffer, ring_of(member, k, last_read[static_cast<size_t>(buffer)])});
      }
    }
  }

  // Rows are counted in the order in which they are made.
  int64_t ring_of(int member, size_t output, const std::vector<int>& last_read) const {
    const Buffer& buffer = program_.buffers[static_cast<size_t>(instance(member).outputs[output].buffer)];
    const auto read_at = [&](int64_t k) {
      const auto row = static_cast<size_t>(reversed_ ? buffer.rows - 1 - k : k);
      return row < last_read.size() ? last_read[row] : -1;
    };
    int64_t ring = 1;
    int64_t oldest = 0;
    for (size_t t = 0; t < result_.steps.size(); ++t) {
      if (result_.steps[t].instance != member) continue;
      const RowRange rows = output_rows(program_, result_.steps[t], output);
      if (rows.first == rows.last) continue;
      const int64_t first = reversed_ ? buffer.rows - rows.last : rows.first;
      const int64_t last = reversed_ ? buffer.rows - rows.first : rows.last;
      while (oldest < first && read_at(oldest) < static_cast<int>(t)) ++oldest;
      ring = std::max(ring, last - oldest);
    }
    return ring;
  }

  const Program& program_;
  std::span<const int> members_;
  bool reversed_;
  std::vector<int> maker_;     // buffer -> member, or -1
  std::vector<int64_t> done_;  // instance -> rows made so far, -1 for those that are no members
  std::vector<int> depth_;     // instance -> members before it on the longest way
  Interleaved result_;
};

// Finds the repetition that covers most steps: steps[i + period] = steps[i] with every instance advanced by a constant.
class Compressor {
 public:
  explicit Compressor(const std::vector<RowStep>& steps) : steps_(steps) {}

  Stage run() const {
    Stage best;
    best.prologue = steps_;
    size_t best_saved = 0;
    for (size_t period = 1; period <= std::min<size_t>(steps_.size() / 2, 64); ++period) {
      for (size_t begin = 0; begin + 2 * period <= steps_.size(); ++begin) {
        const int64_t count = repetitions(begin, period);
        // What begins within these repetitions ends where they do.
        const size_t next = begin + (count > 2 ? static_cast<size_t>(count - 2) * period : 0);
        const size_t saved = static_cast<size_t>(std::max<int64_t>(0, count - 1)) * period;
        if (saved > best_saved) {
          best_saved = saved;
          best = split(begin, period, count);
        }
        begin = next;
      }
    }
    return best;
  }

 private:
  int64_t repetitions(size_t begin, size_t period) const {
    int64_t count = 1;
    std::vector<int64_t> advance(period, 0);
    for (size_t i = begin + period; i + period <= steps_.size(); i += period, ++count) {
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

  const std::vector<RowStep>& steps_;
};

}  // namespace

Result<Interleaved> interleave(const Program& program, std::span<const int> members, bool reversed) {
  return Interleaver(program, members, reversed).run();
}

Stage stage_of(const std::vector<RowStep>& steps) { return Compressor(steps).run(); }

Status fuse_into_pipeline(Program& program, size_t first, size_t last, bool reversed) {
  std::vector<int> members;
  for (size_t i = first; i < last; ++i) {
    const Stage* stage = std::get_if<Stage>(&program.body[i]);
    if (!stage || stage->prologue.size() != 1 || stage->count != 0) return Failure{"not a single step"};
    members.push_back(stage->prologue[0].instance);
  }
  Result<Interleaved> rows = interleave(program, members, reversed);
  if (!rows) return Failure{rows.message()};
  for (const Interleaved::Ring& ring : rows->rings) program.buffers[static_cast<size_t>(ring.buffer)].ring = ring.rows;
  program.body[first] = stage_of(rows->steps);
  program.body.erase(program.body.begin() + static_cast<int64_t>(first) + 1,
                     program.body.begin() + static_cast<int64_t>(last));
  return {};
}

}  // namespace tinyc
