// SPDX-License-Identifier: Apache-2.0
// Which distances two buffers may have follows from when their rows are there (stays.h); offsets.h finds the best
// offsets.
#include "backends/schedule/plan_memory.h"

#include <algorithm>

#include "backends/schedule/stays.h"
#include "compiler/support/diagnostics.h"

namespace tinyc {
namespace {

constexpr double kPlacesPerSecond = 40e6;
constexpr int kAlignment = 8;  // of the workspace: widest element that kernels access

OffsetProblem problem_of(const Program& program, const Occupations& all, const PlanOptions& options) {
  OffsetProblem problem;
  problem.work = static_cast<int64_t>(kPlacesPerSecond * options.seconds);
  problem.lower_bound = fullest_step(program, all).bytes;
  for (const Occupation& occupation : all.list) {
    const Buffer& buffer = program.buffers[static_cast<size_t>(occupation.buffer)];
    const int64_t element = buffer.kind == BufferKind::scratch ? 4 : ir::element_bytes(buffer.form.element);
    problem.blocks.push_back({buffer.bytes(), std::max<int64_t>(buffer.form.alignment, element)});
  }
  for (int a = 0; a < static_cast<int>(all.list.size()); ++a) {
    for (int b = a + 1; b < static_cast<int>(all.list.size()); ++b) {
      Apart pair = apart(program, all, a, b);
      if (!pair.forbidden.empty()) problem.pairs.push_back(std::move(pair));
    }
  }
  return problem;
}

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Bytes at the beginning of a state that no step reads.
int64_t unread_bytes(const Program& program, int state) {
  const Buffer& buffer = program.buffers[static_cast<size_t>(state)];
  int64_t first = buffer.rows;
  for (const RowStep& step : timeline(program)) {
    const Instance& instance = program.instances[static_cast<size_t>(step.instance)];
    for (size_t k = 0; k < instance.inputs.size(); ++k) {
      if (instance.inputs[k].buffer == state) first = std::min(first, input_rows(program, step, k).first);
    }
  }
  return first * buffer.row_bytes;
}

// Both buffers of a state have one place. The number of calls lies where a window's oldest rows were, which the next
// call drops, if there is such a place.
void place_states(const Program& program, Plan& plan) {
  std::vector<int64_t> offset_of_port;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.kind != BufferKind::state) continue;
    const auto port = static_cast<size_t>(std::max(0, buffer.port));
    if (offset_of_port.size() <= port) offset_of_port.resize(port + 1, -1);
    if (is_state_port(buffer) && offset_of_port[port] >= 0) {
      plan.placements[i].offset = offset_of_port[port];
      continue;
    }
    plan.placements[i].offset = plan.state_bytes;
    if (is_state_port(buffer)) offset_of_port[port] = plan.state_bytes;
    plan.state_bytes += aligned(buffer.bytes());
  }
  if (!program.counts_calls) return;
  for (size_t i = 0; i < program.buffers.size() && plan.calls_offset < 0; ++i) {
    const bool found = is_state_port(program.buffers[i]) && program.buffers[i].is_found;
    if (found && unread_bytes(program, static_cast<int>(i)) >= 4) plan.calls_offset = plan.placements[i].offset;
  }
  if (plan.calls_offset >= 0) return;
  plan.calls_offset = plan.state_bytes;
  plan.state_bytes += aligned(4);
}

Plan plan_of(const Program& program, const Occupations& all, const Offsets& offsets) {
  Plan plan;
  plan.alignment = kAlignment;
  plan.placements.resize(program.buffers.size());
  plan.peak_step = fullest_step(program, all).call;
  plan.lower_bound = offsets.lower_bound;
  plan.workspace_bytes = offsets.bytes;
  for (size_t i = 0; i < all.list.size(); ++i)
    plan.placements[static_cast<size_t>(all.list[i].buffer)].offset = offsets.offsets[i];
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (!buffer.external && buffer.kind != BufferKind::state && buffer.bytes() == 0) plan.placements[i].offset = 0;
  }
  place_states(program, plan);
  return plan;
}

// Layers that run by themselves and free rows as they go.
std::vector<RowStep*> single_calls(Program& program) {
  std::vector<RowStep*> calls;
  for (Node& node : program.body) {
    Stage* stage = std::get_if<Stage>(&node);
    if (!stage || stage->count > 0 || stage->prologue.size() != 1) continue;
    RowStep& step = stage->prologue[0];
    const Instance& instance = program.instances[static_cast<size_t>(step.instance)];
    const bool by_rows = instance.needs.granule > 0 && instance.batch == 1 && instance.rows > 1;
    if (writes_state(program, instance)) continue;
    if (by_rows && instance.needs.accumulates == Accumulates::no) calls.push_back(&step);
  }
  return calls;
}

// What both forbid; both sorted.
std::vector<Gap> common(const std::vector<Gap>& x, const std::vector<Gap>& y) {
  std::vector<Gap> both;
  for (size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    const Gap gap{std::max(x[i].low, y[j].low), std::min(x[i].high, y[j].high)};
    if (gap.low <= gap.high) both.push_back(gap);
    x[i].high < y[j].high ? ++i : ++j;
  }
  return both;
}

// A pair of buffers is forbidden some distances whatever the order of rows; the layer in which one dies and the other
// is born decides about the rest. So offsets are sought for what is forbidden either way, then each layer takes the
// order that its buffers ask for.
class Directions {
 public:
  Directions(Program& program, const PlanOptions& options) : program_(program), options_(options) {}

  Plan run() {
    const std::vector<RowStep*> calls = single_calls(program_);
    for (RowStep* call : calls) call->reversed = false;  // as an earlier plan may have left them
    const Plan forward = plan_memory(program_, options_);
    if (calls.empty() || forward.workspace_bytes == 0) return forward;
    const OffsetProblem down = problem_of(program_, occupations_of(program_, options_), options_);
    for (RowStep* call : calls) call->reversed = true;
    const Occupations all = occupations_of(program_, options_);
    const OffsetProblem up = problem_of(program_, all, options_);
    for (RowStep* call : calls) call->reversed = false;
    const Offsets offsets = solve_offsets(either(down, up));
    if (offsets.bytes >= forward.workspace_bytes) return forward;
    for (RowStep* call : calls) call->reversed = must_reverse(*call, all, down, offsets.offsets);
    Plan plan = finish(offsets);
    if (plan.workspace_bytes < forward.workspace_bytes) return plan;
    for (RowStep* call : calls) call->reversed = false;
    return forward;
  }

 private:
  static const Apart* find(const OffsetProblem& problem, int a, int b) {
    const auto found = std::lower_bound(problem.pairs.begin(), problem.pairs.end(), std::pair{a, b},
                                        [](const Apart& pair, const std::pair<int, int>& key) {
                                          return std::pair{pair.a, pair.b} < key;
                                        });
    return found != problem.pairs.end() && found->a == a && found->b == b ? &*found : nullptr;
  }

  static OffsetProblem either(const OffsetProblem& down, const OffsetProblem& up) {
    OffsetProblem problem = down;
    problem.lower_bound = std::min(down.lower_bound, up.lower_bound);
    for (Apart& pair : problem.pairs) {
      const Apart* other = find(up, pair.a, pair.b);
      pair.forbidden = other ? common(pair.forbidden, other->forbidden) : std::vector<Gap>{};
    }
    std::erase_if(problem.pairs, [](const Apart& pair) { return pair.forbidden.empty(); });
    return problem;
  }

  // Whether a distance between the layer's buffers is forbidden when it runs downwards.
  bool must_reverse(const RowStep& call, const Occupations& all, const OffsetProblem& down,
                    const std::vector<int64_t>& offsets) const {
    const Instance& instance = program_.instances[static_cast<size_t>(call.instance)];
    std::vector<int> own;
    for (int i = 0; i < static_cast<int>(all.list.size()); ++i) {
      const int buffer = all.list[static_cast<size_t>(i)].buffer;
      const auto is = [&](const Access& access) { return access.buffer == buffer; };
      if (std::any_of(instance.inputs.begin(), instance.inputs.end(), is) ||
          std::any_of(instance.outputs.begin(), instance.outputs.end(), is) || instance.scratch == buffer ||
          instance.prefetch == buffer)
        own.push_back(i);
    }
    for (const int a : own) {
      for (const int b : own) {
        const Apart* pair = a < b ? find(down, a, b) : nullptr;
        if (!pair) continue;
        const int64_t distance = offsets[static_cast<size_t>(b)] - offsets[static_cast<size_t>(a)];
        for (const Gap& gap : pair->forbidden) {
          if (gap.low <= distance && distance <= gap.high) return true;
        }
      }
    }
    return false;
  }

  // The offsets found, if they hold for the directions taken; else the best for these directions.
  Plan finish(const Offsets& found) const {
    const Occupations all = occupations_of(program_, options_);
    const OffsetProblem problem = problem_of(program_, all, options_);
    if (!keeps_apart(problem, found.offsets)) return plan_of(program_, all, solve_offsets(problem));
    Offsets offsets = found;
    offsets.lower_bound = std::max(problem.lower_bound, found.lower_bound);
    return plan_of(program_, all, offsets);
  }

  Program& program_;
  const PlanOptions& options_;
};

}  // namespace

std::vector<Liveness> liveness_of(const Program& program, const PlanOptions& options) {
  const std::vector<RowStep> steps = timeline(program);
  const int end = static_cast<int>(steps.size());
  std::vector<Liveness> live(program.buffers.size(), {end, -1});
  const auto touch = [&](int buffer, int time) {
    if (buffer < 0) return;
    Liveness& entry = live[static_cast<size_t>(buffer)];
    entry.first = std::min(entry.first, time);
    entry.last = std::max(entry.last, time);
  };
  for (int t = 0; t < end; ++t) {
    const Instance& instance = program.instances[static_cast<size_t>(steps[static_cast<size_t>(t)].instance)];
    for (const Access& in : instance.inputs) touch(in.buffer, t);
    for (const Access& out : instance.outputs) touch(out.buffer, t);
    touch(instance.scratch, t);
    touch(instance.prefetch, t);
  }
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const BufferKind kind = program.buffers[i].kind;
    if (kind == BufferKind::input) touch(static_cast<int>(i), -1);
    if (kind == BufferKind::output || (kind == BufferKind::input && options.keep_inputs))
      touch(static_cast<int>(i), end);
  }
  return live;
}

Plan plan_memory(const Program& program, const PlanOptions& options) {
  const Occupations all = occupations_of(program, options);
  return plan_of(program, all, solve_offsets(problem_of(program, all, options)));
}

Plan plan_with_directions(Program& program, const PlanOptions& options) { return Directions(program, options).run(); }

}  // namespace tinyc
