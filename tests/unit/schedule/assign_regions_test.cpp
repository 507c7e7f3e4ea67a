// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/assign_regions.h"

#include <random>

#include "tests/unit/catch.h"

namespace tinyc {
namespace {

// Every assignment there is; nothing if none fits.
std::optional<double> least_cost(const std::vector<AssignedArray>& arrays, std::vector<int64_t> room, size_t at = 0) {
  if (at == arrays.size()) return 0;
  std::optional<double> least;
  for (size_t r = 0; r < room.size(); ++r) {
    if (arrays[at].cost[r] < 0 || arrays[at].bytes > room[r]) continue;
    room[r] -= arrays[at].bytes;
    const auto rest = least_cost(arrays, room, at + 1);
    room[r] += arrays[at].bytes;
    if (rest && (!least || *rest + arrays[at].cost[r] < *least)) least = *rest + arrays[at].cost[r];
  }
  return least;
}

TEST_CASE("assign_regions: the least cost, as trying everything finds it") {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int misfits = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<int64_t> room(static_cast<size_t>(1 + below(3)));
    for (int64_t& bytes : room) bytes = below(60);
    std::vector<AssignedArray> arrays(static_cast<size_t>(below(8)));
    for (AssignedArray& array : arrays) {
      array.bytes = below(25);
      for (size_t r = 0; r < room.size(); ++r) array.cost.push_back(below(5) == 0 ? kNoRegion : below(30));
    }
    const auto wanted = least_cost(arrays, room);
    const auto found = assign_regions(arrays, room);
    REQUIRE(found.has_value() == wanted.has_value());
    misfits += !found;
    if (!found) continue;
    CHECK(found->cost == *wanted);
    CHECK(found->lower_bound == found->cost);
    double cost = 0;
    for (size_t i = 0; i < arrays.size(); ++i) {
      const auto r = static_cast<size_t>(found->region[i]);
      REQUIRE(arrays[i].cost[r] >= 0);
      cost += arrays[i].cost[r];
      room[r] -= arrays[i].bytes;
    }
    CHECK(cost == found->cost);
    for (const int64_t left : room) CHECK(left >= 0);
  }
  CHECK(misfits > 100);
  CHECK(misfits < 1900);
}

TEST_CASE("assign_regions: a search that ends early says how far it may be from the least") {
  std::mt19937 random(8);
  std::vector<AssignedArray> arrays(60);
  for (AssignedArray& array : arrays) {
    array.bytes = 100 + static_cast<int64_t>(random() % 1000);
    array.cost = {0, static_cast<double>(array.bytes * (90 + static_cast<int64_t>(random() % 20)))};
  }
  const std::vector<int64_t> room = {10007, 1 << 20};
  const auto found = assign_regions(arrays, room, 500);
  REQUIRE(found);
  CHECK(found->lower_bound <= found->cost);
  CHECK(found->lower_bound > 0.9 * found->cost);
}

}  // namespace
}  // namespace tinyc
