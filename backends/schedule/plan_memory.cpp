// SPDX-License-Identifier: Apache-2.0
// Two buffers that are live at the same time must not overlap: the difference of their offsets may not lie in an open
// interval. A result that may be written over its operand (element-wise, operand dead afterwards) relaxes that to "the
// same offset, or apart". Offsets are found first-fit over several orders; the report says how far the result is from
// the bound.
#include "backends/schedule/plan_memory.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "compiler/support/diagnostics.h"

namespace tinyc {
namespace {

constexpr int64_t kAlignment = 8;  // widest element that kernels access
constexpr int kRandomOrders = 400;

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct Block {
  int buffer;
  int64_t bytes;
  Liveness live;
};

class Planner {
 public:
  Planner(const Program& program, const PlanOptions& options) : program_(program) {
    const std::vector<Liveness> live = liveness_of(program, options);
    for (size_t i = 0; i < program.buffers.size(); ++i) {
      const Buffer& buffer = program.buffers[i];
      if (buffer.external || buffer.kind == BufferKind::state) continue;
      blocks_.push_back({static_cast<int>(i), buffer.bytes(), live[i]});
    }
    find_in_place(live);
  }

  Plan run() {
    Plan plan;
    plan.placements.resize(program_.buffers.size());
    plan.alignment = kAlignment;
    bound(plan);
    search(plan);
    place_states(plan);
    return plan;
  }

 private:
  // Pairs (operand, result) that may share their place.
  void find_in_place(const std::vector<Liveness>& live) {
    const std::vector<RowStep> steps = timeline(program_);
    for (size_t t = 0; t < steps.size(); ++t) {
      const Instance& instance = program_.instances[static_cast<size_t>(steps[t].instance)];
      if (instance.needs.front != WriteFront::element) continue;
      const int out = instance.outputs[0].buffer;
      for (const Access& in : instance.inputs) {
        const bool dies = live[static_cast<size_t>(in.buffer)].last == static_cast<int>(t);
        const bool born = live[static_cast<size_t>(out)].first == static_cast<int>(t);
        const bool same_bytes = program_.buffers[static_cast<size_t>(in.buffer)].bytes() ==
                                program_.buffers[static_cast<size_t>(out)].bytes();
        if (dies && born && same_bytes) in_place_.insert({in.buffer, out});
      }
    }
  }

  bool may_share(int a, int b) const { return in_place_.count({a, b}) || in_place_.count({b, a}); }
  static bool conflict(const Block& a, const Block& b) {
    return a.live.first <= b.live.last && b.live.first <= a.live.last;
  }

  // Bytes live at each step; of an in-place pair only one counts at the step where it changes hands.
  void bound(Plan& plan) const {
    std::map<int, int64_t> live_at;
    std::set<int> times;
    for (const Block& block : blocks_) times.insert(block.live.first);
    for (const int time : times) {
      int64_t bytes = 0;
      std::set<int> shared;
      for (const auto& [in, out] : in_place_) {
        if (starts(out) == time) shared.insert(in);
      }
      for (const Block& block : blocks_) {
        const bool live = block.live.first <= time && time <= block.live.last;
        if (live && !shared.count(block.buffer)) bytes += aligned(block.bytes);
      }
      if (bytes > plan.lower_bound) {
        plan.lower_bound = bytes;
        plan.peak_step = time;
      }
    }
  }
  int starts(int buffer) const {
    for (const Block& block : blocks_) {
      if (block.buffer == buffer) return block.live.first;
    }
    return -2;
  }

  // Lowest offset where the block fits beside those placed before it.
  int64_t first_fit(const Block& block, const std::vector<std::pair<const Block*, int64_t>>& placed) const {
    std::vector<std::pair<int64_t, int64_t>> busy;
    std::vector<int64_t> shares;
    for (const auto& [other, offset] : placed) {
      if (!conflict(block, *other)) continue;
      if (may_share(block.buffer, other->buffer)) shares.push_back(offset);
      busy.push_back({offset, offset + aligned(other->bytes)});
    }
    for (const int64_t offset : shares) {
      const bool free = std::count_if(busy.begin(), busy.end(), [&](const auto& range) {
                          return range.first < offset + aligned(block.bytes) && offset < range.second;
                        }) == 1;
      if (free) return offset;
    }
    std::sort(busy.begin(), busy.end());
    int64_t offset = 0;
    for (const auto& [low, high] : busy) {
      if (low - offset >= aligned(block.bytes)) break;
      offset = std::max(offset, high);
    }
    return offset;
  }

  int64_t place(const std::vector<const Block*>& order, std::vector<std::pair<const Block*, int64_t>>& placed) const {
    placed.clear();
    int64_t total = 0;
    for (const Block* block : order) {
      const int64_t offset = first_fit(*block, placed);
      placed.push_back({block, offset});
      total = std::max(total, offset + aligned(block->bytes));
    }
    return total;
  }

  void search(Plan& plan) const {
    std::vector<const Block*> order;
    for (const Block& block : blocks_) order.push_back(&block);
    std::vector<std::pair<const Block*, int64_t>> placed, best;
    int64_t best_bytes = -1;
    const auto attempt = [&] {
      const int64_t bytes = place(order, placed);
      if (best_bytes >= 0 && bytes >= best_bytes) return;
      best_bytes = bytes;
      best = placed;
    };
    attempt();
    std::stable_sort(order.begin(), order.end(), [](const Block* a, const Block* b) { return a->bytes > b->bytes; });
    attempt();
    std::stable_sort(order.begin(), order.end(), [](const Block* a, const Block* b) {
      return a->bytes * (a->live.last - a->live.first + 1) > b->bytes * (b->live.last - b->live.first + 1);
    });
    attempt();
    std::mt19937 random(1);
    for (int i = 0; i < kRandomOrders && best_bytes > plan.lower_bound && order.size() > 1; ++i) {
      std::swap(order[random() % order.size()], order[random() % order.size()]);
      attempt();
    }
    for (const auto& [block, offset] : best) plan.placements[static_cast<size_t>(block->buffer)].offset = offset;
    plan.workspace_bytes = std::max<int64_t>(best_bytes, 0);
  }

  void place_states(Plan& plan) const {
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      if (program_.buffers[i].kind != BufferKind::state) continue;
      plan.placements[i].offset = plan.state_bytes;
      plan.state_bytes += aligned(program_.buffers[i].bytes());
    }
  }

  const Program& program_;
  std::vector<Block> blocks_;
  std::set<std::pair<int, int>> in_place_;
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
  }
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const BufferKind kind = program.buffers[i].kind;
    if (kind == BufferKind::input) touch(static_cast<int>(i), -1);
    if (kind == BufferKind::output || (kind == BufferKind::input && options.keep_inputs))
      touch(static_cast<int>(i), end);
  }
  return live;
}

Plan plan_memory(const Program& program, const PlanOptions& options) { return Planner(program, options).run(); }

}  // namespace tinyc
