// SPDX-License-Identifier: Apache-2.0
// A first plan places blocks one by one at the lowest free place, in several orders. Then workspaces between the lower
// bound and that plan are tried by bisection. For one size every block has a set of places; a place is dropped when
// some other block has none left that goes with it (arc consistency), and the search branches on what remains. Where
// conflicting blocks form a tree, as tensors of a chain of layers do, this needs no branching. A size whose places run
// out raises the lower bound; a size given up on does not.
#include "backends/schedule/offsets.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <random>

namespace tinyc {
namespace {

constexpr int64_t kMostPlaces = 16384;
constexpr int kRandomOrders = 60;
constexpr int kBranches = 6;

int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

// One direction of a pair: offset[to] - offset[from] lies in no interval.
struct Arc {
  int from;
  int to;
  std::vector<Gap> forbidden;
};

std::vector<Arc> both_ways(const std::vector<Apart>& pairs) {
  std::vector<Arc> arcs;
  for (const Apart& pair : pairs) {
    arcs.push_back({pair.a, pair.b, pair.forbidden});
    Arc back{pair.b, pair.a, {}};
    for (auto gap = pair.forbidden.rbegin(); gap != pair.forbidden.rend(); ++gap)
      back.forbidden.push_back({-gap->high, -gap->low});
    arcs.push_back(std::move(back));
  }
  return arcs;
}

bool hits(const std::vector<Gap>& gaps, int64_t distance) {
  const auto after = std::upper_bound(gaps.begin(), gaps.end(), distance,
                                      [](int64_t value, const Gap& gap) { return value < gap.low; });
  return after != gaps.begin() && std::prev(after)->high >= distance;
}

class FirstFit {
 public:
  explicit FirstFit(const OffsetProblem& problem) : problem_(problem), arcs_(problem.blocks.size()) {
    for (Arc& arc : both_ways(problem.pairs)) arcs_[static_cast<size_t>(arc.to)].push_back(std::move(arc));
  }

  Offsets run(int64_t enough) {
    Offsets best;
    best.bytes = -1;
    std::vector<size_t> order(problem_.blocks.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const auto attempt = [&] {
      Offsets one = place(order);
      if (best.bytes < 0 || one.bytes < best.bytes) best = std::move(one);
    };
    attempt();
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return problem_.blocks[a].bytes > problem_.blocks[b].bytes; });
    attempt();
    const int rounds = order.size() > 200 ? 4 : kRandomOrders;
    std::mt19937 random(1);
    for (int i = 0; i < rounds && best.bytes > enough && order.size() > 1; ++i) {
      std::swap(order[random() % order.size()], order[random() % order.size()]);
      attempt();
    }
    return best;
  }

 private:
  Offsets place(const std::vector<size_t>& order) const {
    Offsets result;
    result.offsets.assign(problem_.blocks.size(), -1);
    for (const size_t block : order) {
      const int64_t at = lowest(block, result.offsets);
      result.offsets[block] = at;
      result.bytes = std::max(result.bytes, at + problem_.blocks[block].bytes);
    }
    return result;
  }

  // The forbidden intervals around placed blocks, swept from 0.
  int64_t lowest(size_t block, const std::vector<int64_t>& offsets) const {
    std::vector<Gap> busy;
    for (const Arc& arc : arcs_[block]) {
      const int64_t base = offsets[static_cast<size_t>(arc.from)];
      if (base < 0) continue;
      for (const Gap& gap : arc.forbidden) {
        if (base + gap.high >= 0) busy.push_back({base + gap.low, base + gap.high});
      }
    }
    std::sort(busy.begin(), busy.end(), [](const Gap& x, const Gap& y) { return x.low < y.low; });
    const int64_t step = problem_.blocks[block].alignment;
    int64_t at = 0;
    for (const Gap& gap : busy) {
      if (gap.low > at) break;
      if (gap.high >= at) at = ceil_div(gap.high + 1, step) * step;
    }
    return at;
  }

  const OffsetProblem& problem_;
  std::vector<std::vector<Arc>> arcs_;  // by `to`
};

enum class Outcome : uint8_t { found, impossible, gave_up };

// Places are offset / unit.
struct Places {
  std::vector<uint8_t> open;
  std::vector<int32_t> before;  // open places below each, one more entry than `open`
  int32_t count = 0;
  int32_t first = 0;
  int32_t last = 0;

  void recount() {
    before.resize(open.size() + 1);
    count = 0;
    first = last = -1;
    for (size_t i = 0; i < open.size(); ++i) {
      before[i] = count;
      if (!open[i]) continue;
      if (first < 0) first = static_cast<int32_t>(i);
      last = static_cast<int32_t>(i);
      ++count;
    }
    before[open.size()] = count;
  }
  int32_t open_within(int64_t low, int64_t high) const {  // both included
    low = std::max<int64_t>(low, 0);
    high = std::min<int64_t>(high, static_cast<int64_t>(open.size()) - 1);
    return low > high ? 0 : before[static_cast<size_t>(high) + 1] - before[static_cast<size_t>(low)];
  }
};

// What each block may choose; a branch of the search copies only what it changes.
class Domains {
 public:
  explicit Domains(size_t blocks) {
    for (size_t i = 0; i < blocks; ++i) places_.push_back(std::make_shared<Places>());
  }
  size_t size() const { return places_.size(); }
  const Places& operator[](size_t block) const { return *places_[block]; }
  Places& own(size_t block) {
    std::shared_ptr<Places>& places = places_[block];
    if (places.use_count() > 1) places = std::make_shared<Places>(*places);
    return *places;
  }

 private:
  std::vector<std::shared_ptr<Places>> places_;
};

class Search {
 public:
  Search(const OffsetProblem& problem, int64_t unit) : problem_(problem), unit_(unit), arcs_(both_ways(problem.pairs)) {
    for (Arc& arc : arcs_) {
      for (Gap& gap : arc.forbidden) gap = {ceil_div(gap.low, unit), floor_div(gap.high, unit)};
      std::erase_if(arc.forbidden, [](const Gap& gap) { return gap.low > gap.high; });
    }
    std::erase_if(arcs_, [](const Arc& arc) { return arc.forbidden.empty(); });
    leaving_.resize(problem.blocks.size());
    for (size_t i = 0; i < arcs_.size(); ++i) leaving_[static_cast<size_t>(arcs_[i].from)].push_back(i);
  }

  Outcome run(int64_t bytes, int64_t& work, std::vector<int64_t>& offsets) {
    Domains places(problem_.blocks.size());
    for (size_t i = 0; i < places.size(); ++i) {
      const Block& block = problem_.blocks[i];
      if (block.bytes > bytes) return Outcome::impossible;
      Places& all = places.own(i);
      all.open.assign(static_cast<size_t>((bytes - block.bytes) / unit_ + 1), 0);
      const int64_t step = std::max<int64_t>(1, block.alignment / unit_);
      for (size_t k = 0; k < all.open.size(); k += static_cast<size_t>(step)) all.open[k] = 1;
      all.recount();
    }
    std::vector<int> all(places.size());
    std::iota(all.begin(), all.end(), 0);
    work_ = &work;
    const Outcome outcome = propagate(places, all) ? branch(places, 0) : stopped();
    if (outcome == Outcome::found) {
      offsets.clear();
      for (const int32_t place : solution_) offsets.push_back(place * unit_);
    }
    return outcome;
  }

 private:
  Outcome stopped() const { return *work_ <= 0 ? Outcome::gave_up : Outcome::impossible; }

  // Drops places until every one goes with some place of every other block; false if a block has none left.
  bool propagate(Domains& places, std::vector<int> changed) {
    std::vector<uint8_t> waiting(places.size(), 0);
    for (const int block : changed) waiting[static_cast<size_t>(block)] = 1;
    while (!changed.empty()) {
      const int from = changed.back();
      changed.pop_back();
      waiting[static_cast<size_t>(from)] = 0;
      for (const size_t index : leaving_[static_cast<size_t>(from)]) {
        const Arc& arc = arcs_[index];
        if (!revise(places, arc)) continue;
        if (places[static_cast<size_t>(arc.to)].count == 0 || *work_ <= 0) return false;
        if (!waiting[static_cast<size_t>(arc.to)]) {
          waiting[static_cast<size_t>(arc.to)] = 1;
          changed.push_back(arc.to);
        }
      }
    }
    return true;
  }

  bool revise(Domains& places, const Arc& arc) {
    const Places& from = places[static_cast<size_t>(arc.from)];
    const Places& to = places[static_cast<size_t>(arc.to)];
    // Two places of `from` further apart than all that is forbidden leave no place of `to` without support.
    if (from.last - from.first > arc.forbidden.back().high - arc.forbidden.front().low) return false;
    *work_ -= (to.last - to.first + 1) * static_cast<int64_t>(arc.forbidden.size()) + 16;
    dropped_.clear();
    for (int32_t place = to.first; place <= to.last; ++place) {
      if (!to.open[static_cast<size_t>(place)]) continue;
      int32_t blocked = 0;
      for (const Gap& gap : arc.forbidden) blocked += from.open_within(place - gap.high, place - gap.low);
      if (blocked == from.count) dropped_.push_back(place);
    }
    if (dropped_.empty()) return false;
    Places& left = places.own(static_cast<size_t>(arc.to));
    for (const int32_t place : dropped_) left.open[static_cast<size_t>(place)] = 0;
    left.recount();
    return true;
  }

  // Ends of runs of open places: a plan whose blocks are pushed down as far as they go has its blocks there. Both ends
  // of the outermost runs first.
  static std::vector<int32_t> candidates(const Places& places) {
    std::vector<int32_t> ends;
    for (int32_t i = places.first; i <= places.last; ++i) {
      const auto open = [&](int32_t k) {
        return k >= places.first && k <= places.last && places.open[static_cast<size_t>(k)];
      };
      if (open(i) && (!open(i - 1) || !open(i + 1))) ends.push_back(i);
    }
    std::vector<int32_t> picked;
    for (size_t i = 0; i < ends.size() && picked.size() < kBranches; ++i) {
      const size_t k = i % 2 == 0 ? i / 2 : ends.size() - 1 - i / 2;
      picked.push_back(ends[k]);
    }
    return picked;
  }

  Outcome branch(const Domains& places, int depth) {
    size_t pick = places.size();
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i].count > 1 && (pick == places.size() || places[i].count < places[pick].count)) pick = i;
    }
    if (pick == places.size()) {
      solution_.clear();
      for (size_t i = 0; i < places.size(); ++i) solution_.push_back(places[i].first);
      return Outcome::found;
    }
    const std::vector<int32_t> picked = candidates(places[pick]);
    for (const int32_t place : picked) {
      Domains next = places;
      Places& chosen = next.own(pick);
      std::fill(chosen.open.begin(), chosen.open.end(), uint8_t{0});
      chosen.open[static_cast<size_t>(place)] = 1;
      chosen.recount();
      *work_ -= static_cast<int64_t>(places.size()) * 64;
      if (!propagate(next, {static_cast<int>(pick)})) {
        if (*work_ <= 0) return Outcome::gave_up;
        continue;
      }
      const Outcome outcome = branch(next, depth + 1);
      if (outcome != Outcome::impossible) return outcome == Outcome::found || *work_ <= 0 ? outcome : Outcome::gave_up;
    }
    return static_cast<int32_t>(picked.size()) == places[pick].count ? Outcome::impossible : Outcome::gave_up;
  }

  const OffsetProblem& problem_;
  int64_t unit_;
  std::vector<Arc> arcs_;
  std::vector<std::vector<size_t>> leaving_;  // arcs by `from`
  std::vector<int32_t> solution_;             // a place per block
  std::vector<int32_t> dropped_;              // in revise()
  int64_t* work_ = nullptr;
};

int64_t unit_of(const OffsetProblem& problem, int64_t bytes) {
  int64_t unit = 8;
  for (const Block& block : problem.blocks) unit = std::min(unit, block.alignment);
  while (bytes / unit > kMostPlaces) unit *= 2;
  return unit;
}

// Whether plans on multiples of the unit are enough. In a plan whose blocks are pushed down as far as they go each
// block lies at 0 or at the upper end of a forbidden interval from another.
bool is_exact(const OffsetProblem& problem, int64_t unit) {
  const auto aligned = [&](const Block& block) { return block.alignment % unit == 0; };
  if (std::all_of(problem.blocks.begin(), problem.blocks.end(), aligned)) return true;
  return std::all_of(problem.pairs.begin(), problem.pairs.end(), [&](const Apart& pair) {
    return std::all_of(pair.forbidden.begin(), pair.forbidden.end(),
                       [&](const Gap& gap) { return (gap.high + 1) % unit == 0 && (1 - gap.low) % unit == 0; });
  });
}

int64_t used(const OffsetProblem& problem, const std::vector<int64_t>& offsets) {
  int64_t bytes = 0;
  for (size_t i = 0; i < offsets.size(); ++i) bytes = std::max(bytes, offsets[i] + problem.blocks[i].bytes);
  return bytes;
}

}  // namespace

bool keeps_apart(const OffsetProblem& problem, const std::vector<int64_t>& offsets) {
  return std::none_of(problem.pairs.begin(), problem.pairs.end(), [&](const Apart& pair) {
    return hits(pair.forbidden, offsets[static_cast<size_t>(pair.b)] - offsets[static_cast<size_t>(pair.a)]);
  });
}

Offsets solve_offsets(const OffsetProblem& problem) {
  Offsets best = FirstFit(problem).run(problem.lower_bound);
  best.lower_bound = problem.lower_bound;
  best.bytes = std::max<int64_t>(best.bytes, 0);
  if (best.bytes <= problem.lower_bound) return best;
  const int64_t unit = unit_of(problem, best.bytes);
  const bool exact = is_exact(problem, unit);
  Search search(problem, unit);
  int64_t work = problem.work;
  int64_t low = problem.lower_bound;
  bool proved = exact;  // whether all sizes below `low` are impossible
  for (int64_t size = low; low < best.bytes && work > 0; size = (low + best.bytes - 1) / 2) {
    std::vector<int64_t> offsets;
    int64_t slice = std::max<int64_t>(problem.work / 6, 1);
    const int64_t before = slice;
    const Outcome outcome = search.run(size, slice, offsets);
    work -= before - slice;
    if (outcome == Outcome::found) {
      best.offsets = std::move(offsets);
      best.bytes = used(problem, best.offsets);
      continue;
    }
    low = size + 1;
    proved = proved && outcome == Outcome::impossible;
    if (proved) best.lower_bound = low;
  }
  return best;
}

}  // namespace tinyc
