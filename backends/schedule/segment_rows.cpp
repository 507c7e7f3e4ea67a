// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/segment_rows.h"

#include <algorithm>
#include <map>

namespace tinyc {
namespace {

struct Span {
  int birth = 1 << 30;
  int death = -1;
  void add(int time) {
    birth = std::min(birth, time);
    death = std::max(death, time);
  }
};

class Counter {
 public:
  Counter(const Program& program, const std::vector<Liveness>& uses, size_t first, size_t last, const Interleaved& rows)
      : program_(program), uses_(uses), first_(static_cast<int>(first)), last_(static_cast<int>(last)), rows_(rows) {}

  SegmentRows run() {
    change_.assign(rows_.steps.size() + 1, 0);
    for (const Interleaved::Ring& ring : rows_.rings) rings_[ring.buffer] = ring.rows;
    for (size_t t = 0; t < rows_.steps.size(); ++t) visit(rows_.steps[t], static_cast<int>(t));
    for (const auto& [buffer, spans] : spans_) add_buffer(buffer, spans);
    for (size_t i = 0; i < program_.buffers.size(); ++i) add_passing(static_cast<int>(i));
    for (const auto& [buffer, span] : sums_) count(span, program_.buffers[static_cast<size_t>(buffer)].bytes());
    return most();
  }

 private:
  const Buffer& buffer(int i) const { return program_.buffers[static_cast<size_t>(i)]; }
  const Liveness& uses(int i) const { return uses_[static_cast<size_t>(i)]; }
  bool outlives(int i) const { return uses(i).last >= last_; }
  bool counts(int i) const {
    return !buffer(i).external && buffer(i).kind != BufferKind::state && buffer(i).kind != BufferKind::scratch;
  }

  std::vector<Span>& spans(int i) {
    std::vector<Span>& spans = spans_[i];
    spans.resize(static_cast<size_t>(buffer(i).rows));
    return spans;
  }

  void visit(const RowStep& step, int time) {
    const Instance& instance = program_.instances[static_cast<size_t>(step.instance)];
    for (size_t k = 0; k < instance.inputs.size(); ++k) {
      if (!counts(instance.inputs[k].buffer)) continue;
      std::vector<Span>& rows = spans(instance.inputs[k].buffer);
      const RowRange range = input_rows(program_, step, k);
      for (int64_t row = range.first; row < range.last; ++row) rows[static_cast<size_t>(row)].add(time);
    }
    for (size_t k = 0; k < instance.outputs.size(); ++k) {
      if (!counts(instance.outputs[k].buffer)) continue;
      std::vector<Span>& rows = spans(instance.outputs[k].buffer);
      const RowRange range = output_rows(program_, step, k);
      for (int64_t row = range.first; row < range.last; ++row) rows[static_cast<size_t>(row)].add(time);
    }
    if (instance.needs.accumulates != Accumulates::no && instance.scratch >= 0) sums_[instance.scratch].add(time);
  }

  void count(const Span& span, int64_t bytes) {
    if (span.death < span.birth) return;
    change_[static_cast<size_t>(span.birth)] += bytes;
    change_[static_cast<size_t>(span.death) + 1] -= bytes;
  }

  // Rows that come from before are there from the start, those that are needed after until the end.
  void add_buffer(int i, const std::vector<Span>& rows) {
    const bool inside = uses(i).first >= first_ && !outlives(i);
    const auto ring = rings_.find(i);
    const int64_t kept = ring == rings_.end() ? buffer(i).rows : ring->second;
    if (inside && kept > 1 && kept < buffer(i).rows) {
      Span whole;
      for (const Span& span : rows) {
        if (span.death < 0) continue;
        whole.add(span.birth);
        whole.add(span.death);
      }
      return count(whole, kept * buffer(i).row_bytes);
    }
    const int end = static_cast<int>(rows_.steps.size()) - 1;
    // What the rows of planes leave are as many holes as planes: a tensor that grows can follow into one of them only.
    int last_read = -1;
    for (const Span& span : rows) last_read = std::max(last_read, span.death);
    const int64_t run_bytes = buffer(i).row_bytes / buffer(i).planes;
    for (size_t row = 0; row < rows.size(); ++row) {
      Span span = rows[row];
      if (uses(i).first < first_) span.birth = 0;
      if (outlives(i) && (uses(i).first < first_ || span.death >= 0)) span.death = end;
      if (span.death < span.birth) continue;
      if (uses(i).first >= first_ && takes_a_place(i, row, span.birth)) ++span.birth;
      count(span, run_bytes);
      if (buffer(i).planes == 1) continue;
      span.death = std::max(span.death, last_read);
      count(span, buffer(i).row_bytes - run_bytes);
    }
  }

  // Whether a row is written over an operand's that is read for the last time.
  bool takes_a_place(int target, size_t row, int time) const {
    const Instance& instance = program_.instances[static_cast<size_t>(rows_.steps[static_cast<size_t>(time)].instance)];
    if (instance.outputs[0].buffer != target) return false;
    for (size_t k = 0; k < instance.inputs.size(); ++k) {
      const int source = instance.inputs[k].buffer;
      const auto from = spans_.find(source);
      if (from == spans_.end() || !may_lie_on_input(program_, instance, k) || outlives(source)) continue;
      const auto ring = rings_.find(source);
      const bool by_row = ring == rings_.end() || ring->second == 1 || ring->second == buffer(source).rows;
      if (by_row && from->second[row].death == time) return true;
    }
    return false;
  }

  void add_passing(int i) {
    if (!counts(i) || spans_.count(i) || uses(i).first >= first_ || uses(i).last < last_) return;
    change_[0] += buffer(i).bytes();
  }

  SegmentRows most() const {
    SegmentRows result;
    result.of_member.assign(static_cast<size_t>(last_ - first_), 0);
    int64_t live = 0;
    for (size_t t = 0; t < rows_.steps.size(); ++t) {
      live += change_[t];
      result.bytes = std::max(result.bytes, live);
      int64_t& own = result.of_member[static_cast<size_t>(rows_.steps[t].instance - first_)];
      own = std::max(own, live);
    }
    return result;
  }

  const Program& program_;
  const std::vector<Liveness>& uses_;
  int first_;
  int last_;
  const Interleaved& rows_;
  std::vector<int64_t> change_;
  std::map<int, int64_t> rings_;
  std::map<int, std::vector<Span>> spans_;
  std::map<int, Span> sums_;
};

}  // namespace

std::vector<Liveness> uses_of(const Program& program, const PlanOptions& options) {
  const int end = static_cast<int>(program.instances.size());
  std::vector<Liveness> uses(program.buffers.size(), {end, -1});
  for (int i = 0; i < end; ++i) {
    const auto touch = [&](const Access& access) {
      Liveness& use = uses[static_cast<size_t>(access.buffer)];
      use.first = std::min(use.first, i);
      use.last = std::max(use.last, i);
    };
    const Instance& instance = program.instances[static_cast<size_t>(i)];
    std::for_each(instance.inputs.begin(), instance.inputs.end(), touch);
    std::for_each(instance.outputs.begin(), instance.outputs.end(), touch);
  }
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const BufferKind kind = program.buffers[i].kind;
    if (kind == BufferKind::input) uses[i].first = -1;
    if (kind == BufferKind::output || (kind == BufferKind::input && options.keep_inputs)) uses[i].last = end;
  }
  return uses;
}

SegmentRows segment_rows(const Program& program, const std::vector<Liveness>& uses, size_t first, size_t last,
                         const Interleaved& rows) {
  return Counter(program, uses, first, last, rows).run();
}

}  // namespace tinyc
