// SPDX-License-Identifier: Apache-2.0
// Arrays to memories of limited size at the least cost, exactly (the generalised assignment problem, for few arrays).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tinyc {

struct AssignedArray {
  int64_t bytes = 0;
  std::vector<double> cost;  // in each region, at least 0; kNoRegion where it may not lie
};
inline constexpr double kNoRegion = -1;

struct Assignment {
  std::vector<int> region;  // per array
  double cost = 0;
  double lower_bound = 0;  // equal to `cost` where the search came to its end
};

// Branch and bound over `most_nodes` partial assignments. Nothing if the arrays do not fit, as far as was searched.
std::optional<Assignment> assign_regions(std::span<const AssignedArray> arrays, std::span<const int64_t> region_bytes,
                                         int64_t most_nodes = 200000);

}  // namespace tinyc
