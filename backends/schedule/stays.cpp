// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/stays.h"

#include <algorithm>

namespace tinyc {
namespace {

// Above this many pairs of rows one of the two buffers is seen as a whole.
constexpr int64_t kMostRowPairs = int64_t{1} << 22;

class Collector {
 public:
  Collector(const Program& program, const PlanOptions& options) : program_(program), options_(options) {}

  Occupations run() {
    all_.steps = timed_steps(program_);
    index_.assign(program_.buffers.size(), -1);
    for (size_t i = 0; i < program_.buffers.size(); ++i) add(static_cast<int>(i));
    for (size_t t = 0; t < all_.steps.size(); ++t) visit(all_.steps[t], static_cast<int>(t));
    for (Occupation& occupation : all_.list) {
      keep_ports(occupation);
      for (const Stay& stay : occupation.stays) {
        if (stay.birth > stay.death) continue;
        occupation.birth = std::min(occupation.birth, stay.birth);
        occupation.death = std::max(occupation.death, stay.death);
      }
    }
    return std::move(all_);
  }

 private:
  const Buffer& buffer(int i) const { return program_.buffers[static_cast<size_t>(i)]; }

  void add(int i) {
    const Buffer& b = buffer(i);
    if (b.external || b.kind == BufferKind::state || b.bytes() == 0) return;
    index_[static_cast<size_t>(i)] = static_cast<int>(all_.list.size());
    Occupation occupation{i, b.row_bytes / b.planes, {}};
    if (b.kind != BufferKind::scratch) {
      for (int64_t run = 0; run < b.rows * b.planes; ++run)
        occupation.stays.push_back({run % (b.ring * b.planes), kUnborn, -1});
    }
    all_.list.push_back(std::move(occupation));
  }

  static constexpr int kUnborn = 1 << 30;

  void touch(int buffer, RowRange rows, int time) {
    const int entry = buffer < 0 ? -1 : index_[static_cast<size_t>(buffer)];
    if (entry < 0) return;
    const Buffer& seen = program_.buffers[static_cast<size_t>(buffer)];
    std::vector<Stay>& stays = all_.list[static_cast<size_t>(entry)].stays;
    for (int64_t plane = 0; plane < seen.planes; ++plane) {
      for (int64_t row = rows.first; row < rows.last; ++row) {
        Stay& stay = stays[static_cast<size_t>(plane * seen.rows + row)];
        stay.birth = std::min(stay.birth, time);
        stay.death = std::max(stay.death, time);
      }
    }
  }

  void visit(const TimedStep& timed, int time) {
    const Instance& instance = program_.instances[static_cast<size_t>(timed.step.instance)];
    for (size_t k = 0; k < instance.inputs.size(); ++k)
      touch(instance.inputs[k].buffer, input_rows(program_, timed.step, k), time);
    for (size_t k = 0; k < instance.outputs.size(); ++k)
      touch(instance.outputs[k].buffer, output_rows(program_, timed.step, k), time);
    const bool sums = instance.needs.accumulates != Accumulates::no;
    if (instance.scratch >= 0) use_scratch(instance.scratch, sums, timed.call, time);
    if (instance.prefetch >= 0) use_scratch(instance.prefetch, true, timed.call, time);
  }

  // Scratch is there during a call; that of a kernel which accumulates, and copies of constants, from its first call to
  // its last.
  void use_scratch(int buffer, bool lives_on, int call, int time) {
    std::vector<Stay>& stays = all_.list[static_cast<size_t>(index_[static_cast<size_t>(buffer)])].stays;
    const bool same_call = !stays.empty() && all_.steps[static_cast<size_t>(stays.back().death)].call == call;
    if (stays.empty() || !(lives_on || same_call)) stays.push_back({0, time, time});
    stays.back().death = time;
  }

  void keep_ports(Occupation& occupation) const {
    const BufferKind kind = buffer(occupation.buffer).kind;
    const int end = static_cast<int>(all_.steps.size());
    for (Stay& stay : occupation.stays) {
      if (kind == BufferKind::input) stay.birth = -1;
      if (kind == BufferKind::output || (kind == BufferKind::input && options_.keep_inputs)) {
        stay.birth = std::min(stay.birth, end);
        stay.death = end;
      }
    }
  }

  const Program& program_;
  const PlanOptions& options_;
  Occupations all_;
  std::vector<int> index_;  // buffer -> entry of the list
};

bool there(const Stay& stay) { return stay.birth <= stay.death; }

bool meet(const Occupation& a, const Occupation& b) { return a.birth <= b.death && b.birth <= a.death; }

// The whole buffer, from its first row's birth to its last row's death.
Occupation as_one(const Occupation& many) {
  int64_t slots = 1;
  for (const Stay& stay : many.stays) slots = std::max(slots, stay.slot + 1);
  return {many.buffer, many.slot_bytes * slots, {{0, many.birth, many.death}}, many.birth, many.death};
}

// Pairs (operand row, result row) that may share their place at the step where one dies and the other is born.
class InPlace {
 public:
  InPlace(const Program& program, const Occupations& all) : program_(program), all_(all) {}
  bool operator()(const Occupation& from, size_t row, const Occupation& to, size_t result_row) const {
    const Stay& dying = from.stays[row];
    if (row != result_row || dying.death != to.stays[result_row].birth || dying.death < 0) return false;
    if (dying.death >= static_cast<int>(all_.steps.size())) return false;
    const RowStep& step = all_.steps[static_cast<size_t>(dying.death)].step;
    const Instance& instance = program_.instances[static_cast<size_t>(step.instance)];
    if (instance.outputs.empty() || instance.outputs[0].buffer != to.buffer) return false;
    for (size_t k = 0; k < instance.inputs.size(); ++k) {
      if (instance.inputs[k].buffer == from.buffer && may_lie_on_input(program_, instance, k)) return true;
    }
    return false;
  }

 private:
  const Program& program_;
  const Occupations& all_;
};

void merge(std::vector<Gap>& gaps) {
  std::sort(gaps.begin(), gaps.end(), [](const Gap& x, const Gap& y) { return x.low < y.low; });
  size_t kept = 0;
  for (size_t i = 1; i < gaps.size(); ++i) {
    if (gaps[i].low <= gaps[kept].high + 1) {
      gaps[kept].high = std::max(gaps[kept].high, gaps[i].high);
    } else {
      gaps[++kept] = gaps[i];
    }
  }
  if (!gaps.empty()) gaps.resize(kept + 1);
}

}  // namespace

Occupations occupations_of(const Program& program, const PlanOptions& options) {
  return Collector(program, options).run();
}

Apart apart(const Program& program, const Occupations& all, int a, int b) {
  const Occupation& one = all.list[static_cast<size_t>(a)];
  const Occupation& other = all.list[static_cast<size_t>(b)];
  Apart result{a, b, {}};
  if (!meet(one, other)) return result;
  if (static_cast<int64_t>(one.stays.size() * other.stays.size()) > kMostRowPairs) {
    const Occupation x = as_one(one);
    const Occupation y = as_one(other);
    result.forbidden.push_back({1 - y.slot_bytes, x.slot_bytes - 1});
    return result;
  }
  const InPlace in_place(program, all);
  for (size_t i = 0; i < one.stays.size(); ++i) {
    const Stay& x = one.stays[i];
    for (size_t j = 0; j < other.stays.size() && there(x); ++j) {
      const Stay& y = other.stays[j];
      if (!there(y) || x.birth > y.death || y.birth > x.death) continue;
      const int64_t same_place = x.slot * one.slot_bytes - y.slot * other.slot_bytes;
      const Gap gap{same_place - other.slot_bytes + 1, same_place + one.slot_bytes - 1};
      if (in_place(one, i, other, j) || in_place(other, j, one, i)) {
        result.forbidden.push_back({gap.low, same_place - 1});
        result.forbidden.push_back({same_place + 1, gap.high});
      } else if (!result.forbidden.empty() && result.forbidden.back().low <= gap.high + 1 &&
                 gap.low <= result.forbidden.back().high + 1) {
        result.forbidden.back().low = std::min(result.forbidden.back().low, gap.low);
        result.forbidden.back().high = std::max(result.forbidden.back().high, gap.high);
      } else {
        result.forbidden.push_back(gap);
      }
    }
  }
  std::erase_if(result.forbidden, [](const Gap& gap) { return gap.low > gap.high; });
  merge(result.forbidden);
  return result;
}

std::vector<int64_t> live_bytes(const Program& program, const Occupations& all) {
  std::vector<int64_t> change(all.steps.size() + 3, 0);  // by time + 1
  for (const Occupation& occupation : all.list) {
    for (const Stay& stay : occupation.stays) {
      if (!there(stay)) continue;
      change[static_cast<size_t>(stay.birth + 1)] += occupation.slot_bytes;
      change[static_cast<size_t>(stay.death + 2)] -= occupation.slot_bytes;
    }
  }
  std::vector<int64_t> shared(all.steps.size() + 2, 0);
  const InPlace in_place(program, all);
  for (const Occupation& to : all.list) {
    for (const Occupation& from : all.list) {
      if (!meet(from, to) || from.stays.size() != to.stays.size() || from.slot_bytes != to.slot_bytes ||
          from.buffer == to.buffer)
        continue;
      for (size_t row = 0; row < to.stays.size(); ++row) {
        if (!there(to.stays[row]) || !in_place(from, row, to, row)) continue;
        int64_t& bytes = shared[static_cast<size_t>(to.stays[row].birth + 1)];
        bytes = std::max(bytes, to.slot_bytes);
      }
    }
  }
  std::vector<int64_t> bytes;
  int64_t live = 0;
  for (size_t t = 0; t < all.steps.size() + 2; ++t) {
    live += change[t];
    bytes.push_back(live - shared[t]);
  }
  return bytes;
}

Fullest fullest_step(const Program& program, const Occupations& all) {
  const std::vector<int64_t> bytes = live_bytes(program, all);
  Fullest fullest;
  for (size_t t = 0; t < bytes.size(); ++t) {
    if (bytes[t] <= fullest.bytes) continue;
    fullest.bytes = bytes[t];
    const size_t step = std::min(t > 0 ? t - 1 : 0, all.steps.empty() ? 0 : all.steps.size() - 1);
    fullest.call = all.steps.empty() ? 0 : all.steps[step].call;
  }
  return fullest;
}

}  // namespace tinyc
