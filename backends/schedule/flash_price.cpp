// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/flash_price.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinyc {
namespace {

// Prices a factor of 2^(1/4) apart. At the highest, the fewest bytes are taken whatever they cost.
constexpr double kLowest = 1.0 / 64;
constexpr double kHighest = 1 << 20;
constexpr double kStep = 1.189207115;

struct Outcome {
  double price = 0;
  double cycles = 0;
  double bytes = 0;
};

// What choose_kernels() takes; nothing if there is no kernel.
const Selection* cheapest(const Candidates& candidates, double price) {
  const Selection* best = nullptr;
  double least = 0;
  for (const Selection& one : candidates.kernels) {
    const double cost = one.cycles + price * one.flash_bytes;
    if (one.needs.accumulates != Accumulates::no || (best && cost >= least)) continue;
    best = &one;
    least = cost;
  }
  return best;
}

Outcome outcome_at(std::span<const Candidates> operators, double price) {
  Outcome outcome{price};
  for (const Candidates& candidates : operators) {
    const Selection* best = cheapest(candidates, price);
    if (!best) continue;
    outcome.cycles += best->cycles;
    outcome.bytes += best->flash_bytes;
  }
  return outcome;
}

// From the lowest price to the highest: cycles rise, bytes fall.
std::vector<Outcome> all_outcomes(std::span<const Candidates> operators) {
  std::vector<Outcome> outcomes{outcome_at(operators, 0)};
  for (double price = kLowest; price < kHighest; price *= kStep) outcomes.push_back(outcome_at(operators, price));
  outcomes.push_back(outcome_at(operators, kHighest));
  return outcomes;
}

// The smallest product of cycles and bytes, these to the power of what they are worth.
std::vector<Outcome>::const_iterator aimed_at(const std::vector<Outcome>& outcomes, Aim aim) {
  if (aim == Aim::speed) return outcomes.begin();
  const double worth = aim == Aim::size ? 4 : 1;
  const auto product = [&](const Outcome& outcome) { return outcome.cycles * std::pow(outcome.bytes, worth); };
  return std::min_element(outcomes.begin(), outcomes.end(),
                          [&](const Outcome& a, const Outcome& b) { return product(a) < product(b); });
}

// Operators keep the lower price as long as all fit.
std::vector<double> mixed_prices(std::span<const Candidates> operators, const Outcome& cheap, const Outcome& dear,
                                 double flash_bytes) {
  std::vector<double> prices(operators.size(), dear.price);
  double bytes = dear.bytes;
  for (size_t i = 0; i < operators.size(); ++i) {
    const Selection* larger = cheapest(operators[i], cheap.price);
    const Selection* smaller = cheapest(operators[i], dear.price);
    if (!larger || bytes + larger->flash_bytes - smaller->flash_bytes > flash_bytes) continue;
    bytes += larger->flash_bytes - smaller->flash_bytes;
    prices[i] = cheap.price;
  }
  return prices;
}

}  // namespace

std::vector<double> flash_prices(std::span<const Candidates> operators, Aim aim, std::optional<int64_t> flash_bytes) {
  const std::vector<Outcome> outcomes = all_outcomes(operators);
  const auto aimed = aimed_at(outcomes, aim);
  auto chosen = aimed;
  const double most = flash_bytes ? static_cast<double>(*flash_bytes) : std::numeric_limits<double>::infinity();
  while (chosen->bytes > most && chosen + 1 != outcomes.end()) ++chosen;
  if (chosen == aimed || chosen->bytes > most) return std::vector<double>(operators.size(), chosen->price);
  return mixed_prices(operators, *(chosen - 1), *chosen, most);
}

}  // namespace tinyc
