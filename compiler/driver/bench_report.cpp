// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/bench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/support/json.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

int64_t whole(double cycles) { return std::llround(cycles); }

std::string commas(double cycles) { return with_commas(whole(cycles)); }
std::string commas(uint64_t count) { return with_commas(static_cast<int64_t>(count)); }

std::string per_mac(const Totals& totals, int64_t macs) {
  return macs > 0 ? fmt::format("{:.2f}", totals.cycles.nominal / static_cast<double>(macs)) : "";
}

std::string row(const std::string& name, const std::string& kernel, const Totals& totals, int64_t macs) {
  return fmt::format("  {:<34} {:<30} {:>13} {:>13} {:>13} {:>13} {:>8}\n", name, kernel, commas(totals.instructions),
                     commas(totals.cycles.nominal), commas(totals.cycles.low), commas(totals.cycles.high),
                     per_mac(totals, macs));
}

std::string table_head(const std::string& what, const std::string& second) {
  return fmt::format("\n  {:<34} {:<30} {:>13} {:>13} {:>13} {:>13} {:>8}\n", what, second, "instructions", "cycles",
                     "low", "high", "per MAC");
}

// "kws::(anonymous namespace)::l01_conv(Memory const&, long) [clone .isra.0]" -> "l01_conv".
std::string shortened(std::string name) {
  constexpr std::string_view kUnnamed = "(anonymous namespace)::";
  if (const size_t unnamed = name.find(kUnnamed); unnamed != std::string::npos)
    name.erase(0, unnamed + kUnnamed.size());
  return name.substr(0, name.find('('));
}

std::vector<std::pair<std::string, Totals>> dearest_first(const std::map<std::string, Totals>& functions) {
  std::vector<std::pair<std::string, Totals>> sorted(functions.begin(), functions.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.cycles.nominal > b.second.cycles.nominal; });
  return sorted;
}

Json totals_json(const Totals& totals) {
  return {{"instructions", totals.instructions},
          {"cycles", whole(totals.cycles.nominal)},
          {"cycles_low", whole(totals.cycles.low)},
          {"cycles_high", whole(totals.cycles.high)},
          {"ram_accesses", totals.ram},
          {"constant_accesses", totals.constant}};
}

Json figure(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

std::string bench_text(const BenchReport& report, bool per_layer) {
  const Totals& totals = report.totals;
  std::string text = fmt::format("{} on {}: {} instructions, {} cycles ({} to {})", report.name, report.target->name,
                                 commas(totals.instructions), commas(totals.cycles.nominal), commas(totals.cycles.low),
                                 commas(totals.cycles.high));
  if (report.macs > 0) text += fmt::format(", {} per multiply-accumulate", per_mac(totals, report.macs));
  text += fmt::format("\n  cycles: {}; no wait states\n", report.core->basis);
  if (report.analysed)
    text += fmt::format("  analysed, not run: {} jumps that data decides, taken in turn (instructions +-{})\n",
                        commas(report.undecided_jumps), commas(report.undecided_instructions));
  if (report.typical_calls > 0)
    text += fmt::format("  {} calls of library functions at their mean cost on typical operands\n",
                        commas(report.typical_calls));
  if (!report.compiler.empty()) text += fmt::format("  compiler: {}\n", report.compiler);
  if (report.workspace_bytes)
    text += fmt::format("  RAM {} B (workspace and state)", with_commas(*report.workspace_bytes));
  if (report.stack_bytes) text += fmt::format(", stack {} B", with_commas(*report.stack_bytes));
  if (report.code_bytes && report.constant_bytes)
    text +=
        fmt::format(", flash {} B (code {}, constants {})", with_commas(*report.code_bytes + *report.constant_bytes),
                    with_commas(*report.code_bytes), with_commas(*report.constant_bytes));
  if (report.workspace_bytes) text += "\n";
  text += "  instructions:";
  for (int c = 0; c < kInstructionClasses; ++c) {
    const uint64_t count = totals.classes[static_cast<size_t>(c)];
    if (count) text += fmt::format(" {} {}", class_name(static_cast<InstructionClass>(c)), commas(count));
  }
  text += fmt::format("\n  accesses: {} to RAM, {} to constants\n", commas(totals.ram), commas(totals.constant));
  if (!per_layer) return text;
  if (!report.layers.empty()) {
    text += table_head("layer", "kernel");
    for (const BenchLayer& layer : report.layers) text += row(layer.name, layer.kernel, layer.totals, layer.macs);
  }
  text += table_head("function (without what it calls)", "");
  for (const auto& [name, function] : dearest_first(report.functions)) text += row(shortened(name), "", function, 0);
  return text;
}

std::string bench_json(const BenchReport& report) {
  Json json = {
      {"schema", "tinyc-bench"}, {"schema_version", 1}, {"name", report.name}, {"target", report.target->name}};
  json["cycle_table"] = report.core->name;
  json["basis"] = report.core->basis;
  json["compiler"] = report.compiler;
  json["obtained"] = report.analysed ? "analysed" : "emulated";
  if (report.analysed) {
    json["typical_calls"] = report.typical_calls;
    json["undecided_jumps"] = report.undecided_jumps;
    json["undecided_instructions"] = whole(report.undecided_instructions);
  }
  json["macs"] = report.macs;
  json["totals"] = totals_json(report.totals);
  json["workspace_bytes"] = figure(report.workspace_bytes);
  json["stack_bytes"] = figure(report.stack_bytes);
  json["code_bytes"] = figure(report.code_bytes);
  json["constant_bytes"] = figure(report.constant_bytes);
  for (int c = 0; c < kInstructionClasses; ++c)
    json["classes"][std::string(class_name(static_cast<InstructionClass>(c)))] =
        report.totals.classes[static_cast<size_t>(c)];
  json["layers"] = Json::array();
  for (const BenchLayer& layer : report.layers) {
    Json entry = {{"name", layer.name}, {"kernel", layer.kernel}, {"macs", layer.macs}};
    entry.update(totals_json(layer.totals));
    if (report.analysed) {
      entry["typical_calls"] = layer.typical_calls;
      entry["undecided_jumps"] = layer.undecided_jumps;
      entry["undecided_instructions"] = whole(layer.undecided_instructions);
    }
    json["layers"].push_back(std::move(entry));
  }
  json["functions"] = Json::array();
  for (const auto& [name, function] : dearest_first(report.functions)) {
    Json entry = {{"name", name}};
    entry.update(totals_json(function));
    json["functions"].push_back(std::move(entry));
  }
  return json_text(json);
}

}  // namespace tinyc
