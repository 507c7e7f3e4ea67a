// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/plan_schedule.h"

#include <algorithm>
#include <limits>

#include "backends/schedule/lower.h"
#include "backends/schedule/search_schedule.h"

namespace tinyc {
namespace {

constexpr double kFreeCycles = 1.03;  // RAM may cost that much where nothing is asked for
constexpr int kPlannedForLeast = 3;

// A pushed stage's progress lies behind all buffers.
void add_progress(const Program& program, Plan& plan) {
  const Stage& first = std::get<Stage>(program.body.front());
  if (!first.pushed) return;
  plan.progress_offset = (plan.workspace_bytes + 3) / 4 * 4;
  plan.workspace_bytes = plan.progress_offset + progress_bytes(first);
  plan.lower_bound += progress_bytes(first);
}

// What is left costs the more cycles the less RAM it takes.
void drop_dominated(std::vector<Scheduled>& prices) {
  std::stable_sort(prices.begin(), prices.end(),
                   [](const Scheduled& a, const Scheduled& b) { return a.cycles < b.cycles; });
  size_t kept = 0;
  for (size_t i = 1; i < prices.size(); ++i) {
    if (prices[i].bytes() >= prices[kept].bytes()) continue;
    if (prices[i].cycles > prices[kept].cycles) ++kept;
    if (kept != i) prices[kept] = std::move(prices[i]);
  }
  prices.resize(std::min(prices.size(), kept + 1));
}

class Chooser {
 public:
  // only_free: schedules that cost hardly more than the fastest will do.
  Chooser(const Program& layers, const ScheduleOptions& options, bool only_free)
      : options_(options),
        search_(layers, options.plan, options.policy != RowPolicy::layers),
        list_(search_.price_list(only_free ? kFreeCycles : 1e9)) {}

  Scheduled run() {
    if (options_.ram_bytes) return within(*options_.ram_bytes);
    double most = list_.front().cycles * kFreeCycles;
    if (options_.policy == RowPolicy::smallest) most = std::numeric_limits<double>::infinity();
    return least(most);
  }

  std::vector<Scheduled> prices(size_t most) const {
    std::vector<Scheduled> prices;
    const size_t count = std::min(most, list_.size());
    for (size_t i = 0; i < count; ++i) {
      const size_t pick = count > 1 ? i * (list_.size() - 1) / (count - 1) : 0;
      prices.push_back(planned_as(list_[pick]));
      if (prices.back().bytes() <= list_[pick].bytes) continue;
      const Schedule lean = search_.with_least_scratch(list_[pick]);
      if (lean.cycles > list_[pick].cycles) prices.push_back(planned_as(lean));
    }
    drop_dominated(prices);
    return prices;
  }

 private:
  Scheduled planned_as(const Schedule& schedule) const {
    Scheduled one = planned_in_order(schedule);
    const std::optional<Schedule> turned = search_.with_other_order(schedule);
    if (!turned) return one;
    Scheduled other = planned_in_order(*turned);
    return other.bytes() < one.bytes() ? std::move(other) : std::move(one);
  }

  Scheduled planned_in_order(const Schedule& schedule) const {
    Scheduled scheduled;
    scheduled.program = search_.build(schedule);
    scheduled.plan = plan_workspace(scheduled.program, options_.plan);
    scheduled.cycles = schedule.cycles;
    scheduled.exhausted = search_.exhausted();
    return scheduled;
  }

  // The estimate is what is there at once, and scratch has to find a place beside it: where a plan needs more than is
  // wanted, kernels with less scratch may still make it.
  Scheduled plan(const Schedule& schedule, int64_t wanted, double cycles) const {
    Scheduled one = planned_as(schedule);
    if (one.bytes() <= wanted) return one;
    const Schedule lean = search_.with_least_scratch(schedule);
    if (lean.cycles == schedule.cycles || lean.cycles > cycles) return one;
    Scheduled other = planned_as(lean);
    return other.bytes() < one.bytes() ? std::move(other) : std::move(one);
  }

  // Estimates are what is there at once; a plan may need a little more, so the next ones are planned too.
  Scheduled least(double cycles) const {
    std::optional<Scheduled> best;
    int planned = 0;
    for (auto schedule = list_.rbegin(); schedule != list_.rend() && planned < kPlannedForLeast; ++schedule) {
      if (schedule->cycles > cycles) continue;
      if (best && best->bytes() < schedule->bytes) break;
      ++planned;
      Scheduled one = plan(*schedule, schedule->bytes, cycles);
      const bool same = best && one.bytes() == best->bytes();
      if (!best || one.bytes() < best->bytes() || (same && one.cycles < best->cycles)) best = std::move(one);
    }
    return std::move(*best);
  }

  Scheduled within(int64_t bytes) const {
    std::optional<Scheduled> best;
    std::vector<uint8_t> tried(list_.size(), 0);
    const auto fits = [&](size_t i) {
      tried[i] = 1;
      Scheduled one = plan(list_[i], bytes, std::numeric_limits<double>::infinity());
      if (!best || one.bytes() < best->bytes()) best = std::move(one);
      return best->bytes() <= bytes;
    };
    // From the fastest that should fit; where a plan needs more than its estimate, the next is to be smaller by as
    // much.
    int64_t aim = bytes;
    for (size_t i = 0; i < list_.size(); ++i) {
      if (list_[i].bytes > aim && i + 1 < list_.size()) continue;
      if (fits(i)) return std::move(*best);
      aim = std::min(aim, list_[i].bytes) - std::max<int64_t>(1, list_[i].bytes / 64);
    }
    for (size_t i = list_.size(); i-- > 0;) {
      if (!tried[i] && fits(i)) break;
    }
    return std::move(*best);
  }

  const ScheduleOptions& options_;
  ScheduleSearch search_;
  std::vector<Schedule> list_;
};

// Kernels that take one row at a time: pipelines keep fewer rows of what these read. Nothing where the fastest are such
// already.
std::optional<Program> one_row_form(const Program& layers) {
  const auto faster = [](const Instance& instance) { return !instance.choices.one_row.empty(); };
  if (std::none_of(layers.instances.begin(), layers.instances.end(), faster)) return std::nullopt;
  Program form = copy_of(layers);
  for (size_t i = 0; i < form.instances.size(); ++i) {
    Choices& choices = form.instances[i].choices;
    if (choices.one_row.empty()) continue;
    choices.whole = choices.one_row;
    use_kernel(form, static_cast<int>(i), choices.whole.front());
  }
  return form;
}

double cycles_of(const Program& layers) {
  double cycles = 0;
  for (const Instance& instance : layers.instances) cycles += instance.cycles;
  return cycles;
}

}  // namespace

Plan plan_workspace(Program& program, const PlanOptions& options) {
  Plan plan = plan_with_directions(program, options);
  add_progress(program, plan);
  return plan;
}

Scheduled plan_schedule(const Program& layers, const ScheduleOptions& options) {
  if (!layers.instances.empty()) {
    const bool only_free = !options.ram_bytes && options.policy != RowPolicy::smallest;
    Scheduled fast = Chooser(layers, options, only_free).run();
    const std::optional<Program> form = one_row_form(layers);
    const double most = only_free ? kFreeCycles * fast.cycles : std::numeric_limits<double>::infinity();
    const bool enough = options.ram_bytes && fast.bytes() <= *options.ram_bytes;
    if (!form || enough || cycles_of(*form) > most) return fast;
    Scheduled small = Chooser(*form, options, only_free).run();
    return small.bytes() < fast.bytes() && small.cycles <= most ? std::move(small) : std::move(fast);
  }
  Scheduled scheduled;
  scheduled.program = copy_of(layers);
  scheduled.plan = plan_with_directions(scheduled.program, options.plan);
  return scheduled;
}

std::vector<Scheduled> price_list(const Program& layers, const ScheduleOptions& options, size_t most) {
  if (layers.instances.empty()) return {};
  std::vector<Scheduled> prices = Chooser(layers, options, false).prices(most);
  if (const std::optional<Program> form = one_row_form(layers)) {
    for (Scheduled& one : Chooser(*form, options, false).prices(most)) prices.push_back(std::move(one));
    drop_dominated(prices);
  }
  return prices;
}

}  // namespace tinyc
