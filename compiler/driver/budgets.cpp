// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/budgets.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr size_t kNamedLayers = 3;

// The layers with the largest figure, as notes.
std::vector<std::string> heaviest(const Report& report, int64_t LayerReport::*figure, std::string_view what) {
  std::vector<const LayerReport*> layers;
  for (const LayerReport& layer : report.layers) layers.push_back(&layer);
  std::stable_sort(layers.begin(), layers.end(), [&](const auto* a, const auto* b) { return a->*figure > b->*figure; });
  std::vector<std::string> notes;
  for (size_t i = 0; i < std::min(layers.size(), kNamedLayers); ++i) {
    const LayerReport& layer = *layers[i];
    notes.push_back(fmt::format("{} ({}{}{}): {} bytes {}", layer.name, layer.op, layer.nodes.empty() ? "" : ", node ",
                                layer.nodes.empty() ? "" : layer.nodes.front(), with_commas(layer.*figure), what));
  }
  return notes;
}

std::string short_of(std::string_view what, int64_t needed, int64_t budget) {
  return fmt::format("needs {} bytes of {}, {} more than the {} there are", with_commas(needed), what,
                     with_commas(needed - budget), with_commas(budget));
}

}  // namespace

bool within_budgets(const Options& options, const Report& report, Diagnostics& diagnostics) {
  bool fits = true;
  const int64_t ram = *report.workspace_bytes.value + *report.state_bytes.value;
  if (options.ram_bytes && ram > *options.ram_bytes) {
    diagnostics.add(
        {Severity::error,
         Code::T0601,
         {},
         short_of("RAM", ram, *options.ram_bytes),
         heaviest(report, &LayerReport::live_bytes, "live while it runs"),
         options.io_place == IoPlace::workspace
             ? "--io-place caller keeps inputs and outputs out of the workspace; else a smaller input or model"
             : "a smaller input or model, or a board with more RAM"});
    fits = false;
  }
  // Code is only known when measured; constants alone decide otherwise.
  const int64_t flash = report.flash_bytes.value.value_or(*report.weights_bytes.value);
  if (options.flash_bytes && flash > *options.flash_bytes) {
    const std::string_view what = report.flash_bytes.value ? "flash" : "flash for weights alone";
    diagnostics.add({Severity::error,
                     Code::T0601,
                     {},
                     short_of(what, flash, *options.flash_bytes),
                     heaviest(report, &LayerReport::weights_bytes, "of weights"),
                     "quantise the model to int8, or use a board with more flash"});
    fits = false;
  }
  return fits;
}

}  // namespace tinyc
