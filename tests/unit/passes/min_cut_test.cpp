// SPDX-License-Identifier: Apache-2.0
#include "passes/min_cut.h"

#include <algorithm>
#include <limits>
#include <random>

#include "tests/unit/catch.h"

namespace tinyc {
namespace {

struct Pair {
  int a, b;
  MinCut::PairCost cost;
};

struct Problem {
  std::vector<std::array<int64_t, 2>> single;
  std::vector<Pair> pairs;

  int64_t cost(const std::vector<bool>& values) const {
    int64_t total = 0;
    for (size_t i = 0; i < single.size(); ++i) total += single[i][values[i] ? 1 : 0];
    for (const Pair& pair : pairs)
      total += pair.cost[values[static_cast<size_t>(pair.a)]][values[static_cast<size_t>(pair.b)]];
    return total;
  }
  std::vector<bool> solve() const {
    MinCut cut(static_cast<int>(single.size()));
    for (size_t i = 0; i < single.size(); ++i) cut.add(static_cast<int>(i), single[i][0], single[i][1]);
    for (const Pair& pair : pairs) cut.add(pair.a, pair.b, pair.cost);
    return cut.solve();
  }
};

Problem random_problem(std::mt19937& random) {
  const auto number = [&](int64_t limit) { return static_cast<int64_t>(random()) % limit; };
  Problem problem;
  problem.single.resize(static_cast<size_t>(2 + number(8)));
  const auto count = static_cast<int64_t>(problem.single.size());
  for (auto& costs : problem.single) costs = {number(20) - 5, number(20) - 5};
  for (int64_t i = number(20); i > 0; --i) {
    const auto a = static_cast<int>(number(count));
    const auto b = static_cast<int>(number(count));
    const MinCut::PairCost cost = {{{number(9), number(9)}, {number(9), number(9)}}};
    if (a != b && MinCut::expressible(cost)) problem.pairs.push_back({a, b, cost});
  }
  return problem;
}

int64_t cheapest(const Problem& problem) {
  int64_t best = std::numeric_limits<int64_t>::max();
  const size_t count = problem.single.size();
  for (unsigned bits = 0; bits < 1U << count; ++bits) {
    std::vector<bool> values;
    for (size_t i = 0; i < count; ++i) values.push_back((bits >> i & 1U) != 0);
    best = std::min(best, problem.cost(values));
  }
  return best;
}

TEST_CASE("min cut finds the cheapest of all assignments") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const Problem problem = random_problem(random);
    REQUIRE(problem.cost(problem.solve()) == cheapest(problem));
  }
}

TEST_CASE("min cut leaves variables false when it does not matter") {
  const Problem problem{{{0, 0}, {3, 3}, {0, 0}}, {{0, 1, {{{0, 5}, {5, 0}}}}}};
  CHECK(problem.solve() == std::vector<bool>{false, false, false});
}

TEST_CASE("min cut follows a strong wish through a chain") {
  const MinCut::PairCost agree = {{{0, 4}, {4, 0}}};
  const Problem problem{{{9, 0}, {1, 0}, {0, 2}}, {{0, 1, agree}, {1, 2, agree}}};
  CHECK(problem.solve() == std::vector<bool>{true, true, true});
}

}  // namespace
}  // namespace tinyc
