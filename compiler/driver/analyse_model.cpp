// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/analyse_model.h"

#include <filesystem>

#include "compiler/driver/build_and_run.h"
#include "compiler/driver/measure.h"
#include "compiler/support/file.h"

namespace tinyc {
namespace {

constexpr uint64_t kLargestProgram = uint64_t{256} << 20;

std::optional<Analysed> follow(AnalysisRequest request, std::string program, const std::string& file,
                               Diagnostics& diagnostics) {
  Analysed result;
  result.program = std::make_unique<const std::string>(std::move(program));
  request.program = *result.program;
  auto analysed = analyse(request);
  if (!analysed) return diagnostics.error(Code::T0706, {.file = file}, analysed.message()), std::nullopt;
  result.analysed = analysed.take();
  return result;
}

}  // namespace

bool can_analyse(const Target& target, Diagnostics& diagnostics) {
  const Status ready = analyser_ready(target);
  if (!ready)
    diagnostics.error(Code::T0701, {}, ready.message(),
                      "build tinyc with llvm-dev, or take --measure or bench without --analyse, which run the code");
  return ready.ok();
}

std::optional<Analysed> analyse_model(const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  if (!can_analyse(*options.target, diagnostics)) return std::nullopt;
  auto program = build_program(model, options, diagnostics);
  if (!program) return std::nullopt;
  AnalysisRequest request{.target = options.target, .program = {}, .function = options.name + "_infer"};
  for (const EmittedLayer& layer : model.emission.layers) request.watched.push_back(layer.symbol);
  return follow(std::move(request), std::move(*program), "program.elf", diagnostics);
}

std::optional<Analysed> analyse_file(const Options& options, Diagnostics& diagnostics) {
  if (!can_analyse(*options.target, diagnostics)) return std::nullopt;
  const std::string file = std::filesystem::path(options.model).filename().string();
  auto program = read_file(options.model, kLargestProgram);
  if (!program) return diagnostics.error(Code::T0706, {.file = file}, program.message()), std::nullopt;
  return follow({.target = options.target, .program = {}, .function = options.function}, program.take(), file,
                diagnostics);
}

void widen(Totals& totals, const Undecided& undecided) {
  totals.cycles.low -= undecided.cycles.low;
  totals.cycles.high += undecided.cycles.high;
}

void add_analysis(Measurement& measurement, const CompiledModel& model, const AnalysedProgram& analysed,
                  const Target& target) {
  const CoreCycles& core = *cycles_of(target);
  Totals all;
  for (size_t i = 0; i <= model.emission.layers.size(); ++i) {
    Totals part = totals_of(analysed.counts.accounts[i], analysed.listing, core);
    widen(part, analysed.undecided[i]);
    all += part;
    if (i > 0) measurement.layers_counted.push_back(work_of(part));
  }
  measurement.counted = work_of(all);
  measurement.cycles_basis = core.basis;
  measurement.analysed = true;
  measurement.stack_bytes = analysed.stack_bytes;
}

}  // namespace tinyc
