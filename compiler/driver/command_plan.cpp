// SPDX-License-Identifier: Apache-2.0
// The price list: RAM against cycles.
#include <fmt/format.h>

#include <algorithm>

#include "backends/schedule/check_plan.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/compile_model.h"
#include "compiler/driver/print_json.h"
#include "compiler/report/report.h"
#include "compiler/support/file.h"
#include "compiler/support/json.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr size_t kMostPrices = 16;

struct Price {
  int64_t ram = 0;
  int64_t bound = 0;  // of the schedule's workspace and state
  int64_t weights = 0;
  int64_t flash = 0;  // weights and code, an estimate
  double cycles = 0;
  int pipelines = 0;
  bool chosen = false;
};

Price price_of(const LoweredModel& model, const Options& options, const Scheduled& scheduled) {
  if (const Status status = check_plan(scheduled.program, scheduled.plan, model.schedule.plan); !status) {
    TINYC_BUG("memory plan: " + status.message());
  }
  const EmissionPlan emission =
      make_emission_plan(*model.loaded.graph, scheduled.program, scheduled.plan, *options.target, {});
  Price price{scheduled.bytes(), scheduled.plan.lower_bound + scheduled.plan.state_bytes, emission.constant_bytes,
              *make_report(emission, nullptr).flash_bytes.value, scheduled.cycles};
  for (const Node& node : scheduled.program.body) {
    const std::vector<RowStep> steps = unrolled(std::get<Stage>(node));
    const bool several = std::any_of(steps.begin(), steps.end(),
                                     [&](const RowStep& step) { return step.instance != steps[0].instance; });
    price.pipelines += several ? 1 : 0;
  }
  return price;
}

// The list with the schedule that compiling takes, in order.
std::vector<Price> prices_of(const LoweredModel& model, const Options& options) {
  std::vector<Price> prices;
  ScheduleOptions all = model.schedule;
  all.ram_bytes.reset();
  for (const Scheduled& scheduled : price_list(model.layers, all, kMostPrices))
    prices.push_back(price_of(model, options, scheduled));
  Price chosen = price_of(model, options, plan_schedule(model.layers, model.schedule));
  chosen.chosen = true;
  std::erase_if(prices, [&](const Price& price) { return price.ram == chosen.ram && price.cycles == chosen.cycles; });
  prices.push_back(chosen);
  std::stable_sort(prices.begin(), prices.end(), [](const Price& a, const Price& b) { return a.ram > b.ram; });
  return prices;
}

double percent_above(double cycles, double least) { return least > 0 ? (cycles / least - 1) * 100 : 0; }

double least_cycles(const std::vector<Price>& prices) {
  return std::min_element(prices.begin(), prices.end(),
                          [](const Price& a, const Price& b) { return a.cycles < b.cycles; })
      ->cycles;
}

// What each price costs more than the one above it, which needs more RAM.
std::vector<int64_t> steps_of(const std::vector<Price>& prices) {
  std::vector<int64_t> steps(prices.size(), 0);
  for (size_t i = 1; i < prices.size(); ++i)
    steps[i] = static_cast<int64_t>(prices[i].cycles) - static_cast<int64_t>(prices[i - 1].cycles);
  return steps;
}

void print_text(const std::vector<Price>& prices) {
  fmt::print("{:>12} {:>12} {:>14} {:>8} {:>14} {:>10}  {}\n", "RAM", "flash", "cycles", "", "step", "pipelines",
             "plan");
  const std::vector<int64_t> steps = steps_of(prices);
  const double least = least_cycles(prices);
  for (size_t i = 0; i < prices.size(); ++i) {
    const Price& price = prices[i];
    const std::string step = i == 0 ? "" : (steps[i] < 0 ? "" : "+") + with_commas(steps[i]);
    const std::string plan =
        price.ram == price.bound ? "optimal" : fmt::format("gap {}", with_commas(price.ram - price.bound));
    fmt::print("{:>12} {:>12} {:>14} {:>+7.1f}% {:>14} {:>10}  {}{}\n", with_commas(price.ram),
               with_commas(price.flash), with_commas(static_cast<int64_t>(price.cycles)),
               percent_above(price.cycles, least), step, price.pipelines, plan, price.chosen ? "  <- chosen" : "");
  }
  fmt::print(
      "bytes; flash is an estimate: mean code of the kernels, and all constants; cycles are an estimate: closed-form "
      "kernel costs and calls, no wait states\n");
}

void print_json(const std::vector<Price>& prices) {
  Json list = Json::array();
  const std::vector<int64_t> steps = steps_of(prices);
  for (size_t i = 0; i < prices.size(); ++i) {
    const Price& price = prices[i];
    list.push_back({{"ram", price.ram},
                    {"lower_bound", price.bound},
                    {"weights", price.weights},
                    {"flash", price.flash},
                    {"cycles", static_cast<int64_t>(price.cycles)},
                    {"step_cycles", steps[i]},
                    {"pipelines", price.pipelines},
                    {"chosen", price.chosen}});
  }
  fmt::print("{}", json_text({{"schema", "tinyc-plan"}, {"schema_version", 1}, {"prices", list}}));
}

// RAM to the right, cycles upwards, both from their least to their most; a point per price.
std::string picture_of(const std::vector<Price>& prices) {
  constexpr double kWidth = 640, kHeight = 400, kLeft = 90, kBottom = 50, kMargin = 30;
  const double least = least_cycles(prices);
  double most = least + 1;
  for (const Price& price : prices) most = std::max(most, price.cycles);
  const auto ram = static_cast<double>(prices.front().ram);
  const auto x = [&](const Price& price) {
    return kLeft + (kWidth - kLeft - kMargin) * static_cast<double>(price.ram) / std::max(ram, 1.0);
  };
  const auto y = [&](const Price& price) {
    return kHeight - kBottom - (kHeight - kBottom - kMargin) * (price.cycles - least) / (most - least);
  };
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<path d=\"M{2} {3}V{4}H{5}\" fill=\"none\" stroke=\"black\"/>\n"
      "<text x=\"{5}\" y=\"{6}\" text-anchor=\"end\">RAM, bytes (0 to {7})</text>\n"
      "<text x=\"8\" y=\"{3}\">cycles</text>\n<text x=\"8\" y=\"{4}\">{8}</text>\n<text x=\"8\" "
      "y=\"{9}\">{10}</text>\n",
      kWidth, kHeight, kLeft, kMargin - 12, kHeight - kBottom, kWidth - kMargin, kHeight - 12,
      with_commas(prices.front().ram), with_commas(static_cast<int64_t>(least)), kMargin + 4,
      with_commas(static_cast<int64_t>(most)));
  for (const Price& price : prices) {
    svg += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"><title>{} bytes of RAM, {} of flash, {} "
        "cycles{}</title></circle>\n",
        x(price), y(price), price.chosen ? 6 : 4, price.chosen ? "#c33" : "#369", with_commas(price.ram),
        with_commas(price.flash), with_commas(static_cast<int64_t>(price.cycles)), price.chosen ? ", chosen" : "");
  }
  return svg + "</svg>\n";
}

}  // namespace

int command_plan(const Options& options, Diagnostics& diagnostics) {
  const std::optional<LoweredModel> model = lower_model(options, diagnostics);
  if (!model) return 1;
  const std::vector<Price> prices = prices_of(*model, options);
  options.json ? print_json(prices) : print_text(prices);
  if (options.picture.empty()) return 0;
  if (const Status status = write_file(options.picture, picture_of(prices)); !status) {
    diagnostics.error(Code::T0103, {}, "the picture " + status.message());
    return 1;
  }
  return 0;
}

}  // namespace tinyc
