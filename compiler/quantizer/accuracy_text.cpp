// SPDX-License-Identifier: Apache-2.0
// AccuracyReport -> plain text for a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/quantizer/accuracy_report.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr size_t kWidestName = 44;
constexpr size_t kMostUnmatched = 12;

// The end tells names of one model apart.
std::string name_text(const std::string& name) {
  const std::string text = printable(name);
  return text.size() <= kWidestName ? text : "..." + text.substr(text.size() - kWidestName + 3);
}

std::string decibels(double value) {
  if (std::isinf(value)) return value > 0 ? "exact" : "none";
  return fmt::format("{:.1f}", value);
}

std::string steps_text(const LayerAccuracy& layer) {
  if (!layer.step) return "-";
  const double steps = layer.difference.largest() / *layer.step;
  constexpr double kWhole = 1e-3;  // differences of float32 numbers
  const bool whole = std::fabs(steps - std::nearbyint(steps)) < kWhole;
  return whole ? fmt::format("{:.0f}", steps) : fmt::format("{:.2f}", steps);
}

std::string channel_text(const ValueDifference& difference) {
  const auto worst = difference.worst_channel();
  return worst ? fmt::format("{} ({})", worst->index, decibels(worst->snr_db)) : "-";
}

void print_layers(TextWriter& writer, const std::vector<LayerAccuracy>& layers) {
  size_t name = 5, op = 2;
  for (const LayerAccuracy& layer : layers) {
    name = std::max(name, name_text(layer.name).size());
    op = std::max(op, layer.op.size());
  }
  writer.line(fmt::format("{:<{}}  {:<{}} {:>7} {:>10} {:>11} {:>7} {:>22}  {}", "layer", name, "op", op, "SNR dB",
                          "cosine", "largest", "steps", "unequal", "worst channel"));
  for (const LayerAccuracy& layer : layers) {
    const ValueDifference& d = layer.difference;
    writer.line(fmt::format("{:<{}}  {:<{}} {:>7} {:>10.7f} {:>11.4g} {:>7} {:>22}  {}", name_text(layer.name), name,
                            layer.op, op, decibels(d.snr_db()), d.cosine(), d.largest(), steps_text(layer),
                            fmt::format("{} of {}", with_commas(d.unequal()), with_commas(d.elements())),
                            channel_text(d)));
  }
  writer.line();
}

void print_unmatched(TextWriter& writer, const std::vector<UnmatchedLayer>& layers, std::string_view what) {
  if (layers.empty()) return;
  writer.format("{} of {}", layers.size(), what);
  for (size_t i = 0; i < std::min(layers.size(), kMostUnmatched); ++i)
    writer.format("  {} ({})", printable(layers[i].name), layers[i].op);
  if (layers.size() > kMostUnmatched) writer.format("  and {} more (--json lists all)", layers.size() - kMostUnmatched);
  writer.line();
}

void print_emitted(TextWriter& writer, const AccuracyReport& report) {
  if (!report.not_run.empty()) return writer.format("emitted code not run: {}", report.not_run);
  for (const EmittedOutput& output : report.emitted) {
    const std::string result = output.unequal == 0
                                   ? fmt::format("all {} elements as interpreted", with_commas(output.elements))
                                   : fmt::format("{} of {} elements are not as interpreted, largest difference {}{}",
                                                 with_commas(output.unequal), with_commas(output.elements),
                                                 shortest(output.largest), output.integer ? " steps" : "");
    writer.format("emitted code on {}, {}: {}", report.target, printable(output.name), result);
  }
}

}  // namespace

std::string accuracy_text(const AccuracyReport& report) {
  TextWriter writer;
  writer.format("reference  {}: {}", printable(report.reference.file), report.reference.execution);
  writer.format("executed   {}: {}", printable(report.executed.file), report.executed.execution);
  writer.format("data       {} set{}", report.sets.size(), report.sets.size() == 1 ? "" : "s");
  writer.line();
  print_layers(writer, report.layers);
  print_unmatched(writer, report.only_in_reference,
                  "the reference's layers have no partner (fused, or named otherwise)");
  print_unmatched(writer, report.only_in_executed, "the executed layers have no partner");
  print_emitted(writer, report);
  return writer.take();
}

}  // namespace tinyc
