// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/flash_price.h"

#include <limits>
#include <random>

#include "tests/unit/catch.h"

using namespace tinyc;

namespace {

struct Total {
  double cycles = 0, bytes = 0;
};

Candidates candidates_of(std::initializer_list<Total> figures) {
  Candidates candidates;
  for (const Total& one : figures) {
    Selection selection;
    selection.cycles = one.cycles;
    selection.flash_bytes = one.bytes;
    candidates.kernels.push_back(selection);
  }
  return candidates;
}

Total taken(std::vector<Candidates> operators, Aim aim, std::optional<int64_t> flash_bytes = {}) {
  const std::vector<double> prices = flash_prices(operators, aim, flash_bytes);
  Total total;
  for (size_t i = 0; i < operators.size(); ++i) {
    const Selection& first = choose_kernels(operators[i], prices[i]).whole.front();
    total.cycles += first.cycles;
    total.bytes += first.flash_bytes;
  }
  return total;
}

std::vector<Candidates> random_operators(std::mt19937& random) {
  std::vector<Candidates> operators(1 + random() % 6);
  for (Candidates& one : operators) {
    for (size_t k = 1 + random() % 3; k > 0; --k) {
      Selection selection;
      selection.cycles = static_cast<double>(1000 + random() % 100000);
      selection.flash_bytes = static_cast<double>(100 + random() % 5000);
      one.kernels.push_back(selection);
    }
  }
  return operators;
}

// The fewest bytes that any choice takes.
double least_bytes(const std::vector<Candidates>& operators) {
  double bytes = 0;
  for (const Candidates& one : operators) {
    double least = std::numeric_limits<double>::infinity();
    for (const Selection& selection : one.kernels) least = std::min(least, selection.flash_bytes);
    bytes += least;
  }
  return bytes;
}

}  // namespace

TEST_CASE("what flash is worth decides between two kernels") {
  // 10 % more cycles for 20 % fewer bytes; 50 % more cycles for 20 % fewer bytes.
  const std::vector<Candidates> cheap{candidates_of({{1000, 1000}, {1100, 800}})};
  const std::vector<Candidates> dear{candidates_of({{1000, 1000}, {1500, 800}})};
  CHECK(taken(cheap, Aim::speed).bytes == 1000);
  CHECK(taken(cheap, Aim::balanced).bytes == 800);
  CHECK(taken(dear, Aim::balanced).bytes == 1000);
  CHECK(taken(dear, Aim::size).bytes == 800);
}

TEST_CASE("a function that layers share is taken where all of them pay for it") {
  Candidates layer = candidates_of({{1000, 1000}, {1050, 1300}});
  layer.kernels[1].calls_shared = true;
  layer.kernels[1].body = "shared";
  layer.kernels[1].body_bytes = 1200;
  // One layer: 1,000 cycles in 1,000 bytes, or 1,050 in 1,300. Three layers: 3,000 in 3,000, or 3,150 in 1,500.
  CHECK(taken({layer}, Aim::balanced).cycles == 1000);
  CHECK(taken({layer, layer, layer}, Aim::balanced).cycles == 3150);
  CHECK(taken({layer, layer, layer}, Aim::balanced).bytes == 300);  // of the layers
  CHECK(taken({layer, layer, layer}, Aim::speed).cycles == 3000);
  CHECK(taken({layer, layer, layer}, Aim::speed, 2000).cycles == 3150);
}

TEST_CASE("balanced models keep their code below 12 KB where that costs little time") {
  Candidates cheap = candidates_of({{1000, 112000}, {1100, 108000}});  // 12,000 or 8,000 bytes of them are code
  Candidates dear = candidates_of({{1000, 112000}, {1200, 108000}});
  for (Candidates* one : {&cheap, &dear}) {
    for (Selection& selection : one->kernels) selection.constant_bytes = 100000;
  }
  CHECK(taken({cheap}, Aim::balanced).cycles == 1100);
  CHECK(taken({dear}, Aim::balanced).cycles == 1000);
  CHECK(taken({cheap}, Aim::speed).cycles == 1000);
}

TEST_CASE("the scale of a model does not matter") {
  const std::vector<Candidates> large{candidates_of({{1e8, 1000}, {1.1e8, 800}})};
  CHECK(taken(large, Aim::balanced).bytes == 800);
}

TEST_CASE("a flash budget holds whenever any choice fits, and costs what it must") {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const std::vector<Candidates> operators = random_operators(random);
    const Total fastest = taken(operators, Aim::speed);
    const double least = least_bytes(operators);
    for (double budget = fastest.bytes; budget >= least; budget -= 97) {
      const Total total = taken(operators, Aim::speed, static_cast<int64_t>(budget));
      CHECK(total.bytes <= budget);
      CHECK(total.cycles >= fastest.cycles);
    }
    CHECK(taken(operators, Aim::speed, static_cast<int64_t>(least)).bytes == least);
  }
}

TEST_CASE("operators that need not shrink keep the faster kernel") {
  const Candidates one = candidates_of({{1000, 1000}, {1500, 800}});
  const std::vector<Candidates> operators{one, one, one, one};
  const Total total = taken(operators, Aim::speed, 3700);
  CHECK(total.bytes == 3600);
  CHECK(total.cycles == 5000);
}
