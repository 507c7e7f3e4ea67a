// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/assign_regions.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tinyc {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// The two regions in which an array costs least.
struct Preference {
  int first = -1;
  double cheapest = kInfinite;
  double next = kInfinite;
};

Preference preference_of(const AssignedArray& array) {
  Preference wish;
  for (size_t r = 0; r < array.cost.size(); ++r) {
    const double cost = array.cost[r];
    if (cost < 0) continue;
    if (cost < wish.cheapest) {
      wish.next = wish.cheapest;
      wish.cheapest = cost;
      wish.first = static_cast<int>(r);
    } else {
      wish.next = std::min(wish.next, cost);
    }
  }
  return wish;
}

class Search {
 public:
  Search(std::span<const AssignedArray> arrays, std::span<const int64_t> region_bytes, int64_t most_nodes)
      : arrays_(arrays), free_(region_bytes.begin(), region_bytes.end()), nodes_(most_nodes) {
    for (const AssignedArray& array : arrays) wishes_.push_back(preference_of(array));
    order_.resize(arrays.size());
    std::iota(order_.begin(), order_.end(), size_t{0});
    // What has most to lose per byte comes first; arrays that have one place only lose everything.
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) { return loss(a) > loss(b); });
    taken_.assign(arrays.size(), -1);
  }

  std::optional<Assignment> run() {
    const double bound = lower_bound(0);
    visit(0, 0);
    if (best_.region.empty() && !arrays_.empty()) return std::nullopt;
    best_.lower_bound = nodes_ > 0 ? best_.cost : std::min(bound, best_.cost);
    return best_;
  }

 private:
  double loss(size_t i) const {
    const Preference& wish = wishes_[i];
    const auto bytes = static_cast<double>(std::max<int64_t>(1, arrays_[i].bytes));
    return wish.next == kInfinite ? kInfinite : (wish.next - wish.cheapest) / bytes;
  }

  // Arrays from `depth` on, each in its cheapest region while that has room, in parts if need be, else in its second:
  // with their losses in falling order this is the least that any assignment of them costs.
  double lower_bound(size_t depth) const {
    std::vector<double> room(free_.begin(), free_.end());
    double sum = 0;
    for (size_t k = depth; k < order_.size(); ++k) {
      const Preference& wish = wishes_[order_[k]];
      if (wish.first < 0) return kInfinite;
      const auto bytes = static_cast<double>(arrays_[order_[k]].bytes);
      double& left = room[static_cast<size_t>(wish.first)];
      const double inside = std::min(bytes, left);
      left -= inside;
      const double outside = bytes > 0 ? (bytes - inside) / bytes : 0;
      if (outside > 0 && wish.next == kInfinite) return kInfinite;
      sum += wish.cheapest + (outside > 0 ? outside * (wish.next - wish.cheapest) : 0);
    }
    return sum;
  }

  void visit(size_t depth, double cost) {
    if (nodes_ <= 0) return;
    --nodes_;
    if (depth == order_.size()) {
      if (cost < best_cost_ || best_.region.empty()) best_ = {taken_, cost, 0};
      best_cost_ = best_.cost;
      return;
    }
    if (cost + lower_bound(depth) >= best_cost_) return;
    const size_t i = order_[depth];
    const AssignedArray& array = arrays_[i];
    std::vector<size_t> regions;
    for (size_t r = 0; r < free_.size(); ++r) {
      if (array.cost[r] >= 0 && array.bytes <= free_[r]) regions.push_back(r);
    }
    std::stable_sort(regions.begin(), regions.end(), [&](size_t a, size_t b) { return array.cost[a] < array.cost[b]; });
    for (const size_t r : regions) {
      free_[r] -= array.bytes;
      taken_[i] = static_cast<int>(r);
      visit(depth + 1, cost + array.cost[r]);
      free_[r] += array.bytes;
    }
  }

  std::span<const AssignedArray> arrays_;
  std::vector<int64_t> free_;
  std::vector<Preference> wishes_;
  std::vector<size_t> order_;
  std::vector<int> taken_;
  Assignment best_;
  double best_cost_ = kInfinite;
  int64_t nodes_;
};

}  // namespace

std::optional<Assignment> assign_regions(std::span<const AssignedArray> arrays, std::span<const int64_t> region_bytes,
                                         int64_t most_nodes) {
  return Search(arrays, region_bytes, most_nodes).run();
}

}  // namespace tinyc
