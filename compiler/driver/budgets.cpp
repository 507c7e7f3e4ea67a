// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/budgets.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/driver/measure.h"
#include "compiler/driver/model_report.h"
#include "compiler/driver/tune.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr size_t kNamedLayers = 3;
constexpr int kAttempts = 8;  // to make the object file fit

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

void check_ram(const Options& options, const Report& report, Diagnostics& diagnostics) {
  const int64_t ram = *report.workspace_bytes.value + *report.state_bytes.value;
  if (!options.ram_bytes || ram <= *options.ram_bytes) return;
  diagnostics.add(
      {Severity::error,
       Code::T0601,
       {},
       short_of("RAM", ram, *options.ram_bytes),
       heaviest(report, &LayerReport::live_bytes, "live while it runs"),
       options.io_place == IoPlace::workspace
           ? "--io-place caller keeps inputs and outputs out of the workspace; else a smaller input or model"
           : "a smaller input or model, or a board with more RAM"});
}

void check_flash(const Options& options, const Report& report, Diagnostics& diagnostics) {
  const int64_t flash = *report.flash_bytes.value;
  if (!options.flash_bytes || flash <= *options.flash_bytes) return;
  const std::string_view what = options.measure ? "flash" : "flash (estimate: --measure builds and knows)";
  diagnostics.add({Severity::error,
                   Code::T0601,
                   {},
                   short_of(what, flash, *options.flash_bytes),
                   heaviest(report, &LayerReport::weights_bytes, "of weights"),
                   "quantise the model to int8, or use a board with more flash"});
}

void check_regions(const CompiledModel& model, const Report& report, Diagnostics& diagnostics) {
  const std::string& misfit = model.emission.memories.misfit;
  if (misfit.empty() || diagnostics.has_errors()) return;
  diagnostics.add({Severity::error,
                   Code::T0601,
                   {},
                   misfit,
                   heaviest(report, &LayerReport::live_bytes, "live while it runs"),
                   "an array lies in one region: banks that follow each other may be given as one by --region"});
}

std::optional<ModelWithReport> compile_once(const Options& options, Diagnostics& diagnostics) {
  std::optional<CompiledModel> model = compile_model(options, diagnostics);
  if (!model) return std::nullopt;
  ModelWithReport made{std::move(*model), {}, {}, 0};
  made.report = report_of(made.model, options);
  made.estimated_flash = *made.report.flash_bytes.value;
  if (!options.measure) return made;
  made.measurement = measure_object(made.model, options, diagnostics);
  if (!made.measurement) return std::nullopt;
  add_measurement(made.report, *made.measurement);
  return made;
}

// Kernels are chosen as `first` says, budgets are those of `options`.
std::optional<ModelWithReport> compile_to_fit(const Options& first, const Options& options, Diagnostics& diagnostics) {
  std::optional<ModelWithReport> made = compile_once(first, diagnostics);
  if (!made) return std::nullopt;
  // What the object takes beyond the budget is taken off what the estimate may be, more each time.
  Options tighter = first;
  int64_t estimate = made->estimated_flash;
  int64_t flash = *made->report.flash_bytes.value;
  for (int attempt = 0; attempt < kAttempts && options.flash_bytes && flash > *options.flash_bytes; ++attempt) {
    tighter.flash_bytes =
        std::min(tighter.flash_bytes.value_or(estimate), estimate) - (1 + attempt) * (flash - *options.flash_bytes);
    Diagnostics quiet;
    std::optional<ModelWithReport> next = *tighter.flash_bytes > 0 ? compile_once(tighter, quiet) : std::nullopt;
    if (!next || next->estimated_flash >= estimate) break;
    estimate = next->estimated_flash;
    flash = *next->report.flash_bytes.value;
    if (flash < *made->report.flash_bytes.value) made = std::move(next);
  }
  check_ram(options, made->report, diagnostics);
  check_flash(options, made->report, diagnostics);
  check_regions(made->model, made->report, diagnostics);
  return made;
}

}  // namespace

std::optional<ModelWithReport> compile_with_report(const Options& options, Diagnostics& diagnostics) {
  if (!options.tune) return compile_to_fit(options, options, diagnostics);
  const std::optional<Options> tuned = tune(options, diagnostics);
  return tuned ? compile_to_fit(*tuned, options, diagnostics) : std::nullopt;
}

std::optional<ModelWithReport> compile_within_budgets(const Options& options, Diagnostics& diagnostics) {
  std::optional<ModelWithReport> made = compile_with_report(options, diagnostics);
  if (!made || diagnostics.has_errors()) return std::nullopt;
  return made;
}

}  // namespace tinyc
