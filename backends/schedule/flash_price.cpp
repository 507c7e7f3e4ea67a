// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/flash_price.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace tinyc {
namespace {

// Prices a factor of 2^(1/4) apart. At the highest, the fewest bytes are taken whatever they cost.
constexpr double kLowest = 1.0 / 64;
constexpr double kHighest = 1 << 20;
constexpr double kStep = 1.189207115;

constexpr double kSmallCode = 11500;  // 12 KB, less what estimates are usually off by
constexpr double kLittle = 1.15;

// Functions that layers share, by their bodies, and which of them are taken.
using Functions = std::map<std::string, bool>;

struct Outcome {
  double price = 0;
  double cycles = 0;
  double bytes = 0;
  double code_bytes = 0;  // of these
  Functions functions;
};

Functions shared_functions(std::span<const Candidates> operators) {
  Functions functions;
  for (const Candidates& candidates : operators) {
    for (const Selection& one : candidates.kernels) {
      if (one.calls_shared) functions[one.body] = true;
    }
  }
  return functions;
}

// Bytes that a layer adds.
double own_bytes(const Selection& one, const Functions& functions) {
  return one.calls_shared && functions.at(one.body) ? one.flash_bytes - one.body_bytes : one.flash_bytes;
}

// What choose_kernels() takes; nothing if there is no kernel.
const Selection* cheapest(const Candidates& candidates, double price, const Functions& functions) {
  const Selection* best = nullptr;
  double least = 0;
  for (const Selection& one : candidates.kernels) {
    if (one.needs.accumulates != Accumulates::no) continue;
    const double cost = one.cycles + price * own_bytes(one, functions);
    if (best && cost >= least) continue;
    best = &one;
    least = cost;
  }
  return best;
}

Outcome outcome_with(std::span<const Candidates> operators, double price, const Functions& functions) {
  Outcome outcome{price, 0, 0, 0, functions};
  std::map<std::string, double> called;
  for (const Candidates& candidates : operators) {
    const Selection* best = cheapest(candidates, price, functions);
    if (!best) continue;
    outcome.cycles += best->cycles;
    outcome.bytes += own_bytes(*best, functions);
    outcome.code_bytes += own_bytes(*best, functions) - best->constant_bytes;
    if (best->calls_shared && functions.at(best->body)) called[best->body] = best->body_bytes;
  }
  for (const auto& [body, bytes] : called) {
    outcome.bytes += bytes;
    outcome.code_bytes += bytes;
  }
  return outcome;
}

// Takes out one function after the other as long as the layers that called it do better without.
Outcome outcome_at(std::span<const Candidates> operators, double price, const Functions& all) {
  const auto cost = [&](const Outcome& outcome) { return outcome.cycles + price * outcome.bytes; };
  Outcome best = outcome_with(operators, price, all);
  for (const auto& [body, taken] : all) {
    Functions fewer = best.functions;
    fewer[body] = false;
    const Outcome without = outcome_with(operators, price, fewer);
    if (cost(without) < cost(best)) best = without;
  }
  return best;
}

// From the lowest price to the highest: cycles rise, bytes fall.
std::vector<Outcome> all_outcomes(std::span<const Candidates> operators) {
  const Functions all = shared_functions(operators);
  std::vector<Outcome> outcomes{outcome_at(operators, 0, all)};
  for (double price = kLowest; price < kHighest; price *= kStep) outcomes.push_back(outcome_at(operators, price, all));
  outcomes.push_back(outcome_at(operators, kHighest, all));
  return outcomes;
}

// The smallest product of cycles and bytes, these to the power of what they are worth. Of balanced models, the fastest
// whose code is small, if that costs little.
std::vector<Outcome>::const_iterator aimed_at(const std::vector<Outcome>& outcomes, Aim aim) {
  if (aim == Aim::speed) return outcomes.begin();
  const double worth = aim == Aim::size ? 4 : 1;
  const auto product = [&](const Outcome& outcome) { return outcome.cycles * std::pow(outcome.bytes, worth); };
  const auto best = std::min_element(outcomes.begin(), outcomes.end(),
                                     [&](const Outcome& a, const Outcome& b) { return product(a) < product(b); });
  if (aim == Aim::size) return best;
  const auto small =
      std::find_if(best, outcomes.end(), [](const Outcome& one) { return one.code_bytes <= kSmallCode; });
  return small != outcomes.end() && small->cycles <= kLittle * best->cycles ? small : best;
}

// Operators keep the lower price as long as all fit. Functions are those of the higher one.
std::vector<double> mixed_prices(std::span<const Candidates> operators, const Outcome& cheap, const Outcome& dear,
                                 double flash_bytes) {
  std::vector<double> prices(operators.size(), dear.price);
  double bytes = dear.bytes;
  for (size_t i = 0; i < operators.size(); ++i) {
    const Selection* larger = cheapest(operators[i], cheap.price, dear.functions);
    const Selection* smaller = cheapest(operators[i], dear.price, dear.functions);
    if (!larger) continue;
    const double more = own_bytes(*larger, dear.functions) - own_bytes(*smaller, dear.functions);
    const bool called = larger->calls_shared && dear.functions.at(larger->body);
    if (called && larger->body != smaller->body) continue;  // its function may not be there
    if (bytes + more > flash_bytes) continue;
    bytes += more;
    prices[i] = cheap.price;
  }
  return prices;
}

}  // namespace

std::vector<double> flash_prices(std::span<Candidates> operators, Aim aim, std::optional<int64_t> flash_bytes) {
  const std::vector<Outcome> outcomes = all_outcomes(operators);
  const auto aimed = aimed_at(outcomes, aim);
  auto chosen = aimed;
  const double most = flash_bytes ? static_cast<double>(*flash_bytes) : std::numeric_limits<double>::infinity();
  while (chosen->bytes > most && chosen + 1 != outcomes.end()) ++chosen;
  std::vector<double> prices(operators.size(), chosen->price);
  if (chosen != aimed && chosen->bytes <= most) prices = mixed_prices(operators, *(chosen - 1), *chosen, most);
  for (Candidates& candidates : operators) {
    for (Selection& one : candidates.kernels) one.flash_bytes = own_bytes(one, chosen->functions);
  }
  return prices;
}

}  // namespace tinyc
