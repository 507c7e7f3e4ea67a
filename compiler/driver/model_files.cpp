// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/model_files.h"

#include <fmt/format.h>

#include "backends/emit/place_arrays.h"
#include "backends/toolchain.h"
#include "compiler/driver/analyse_model.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/golden_sets.h"
#include "compiler/driver/measure.h"
#include "compiler/driver/progress.h"

namespace tinyc {
namespace {

// Runs the golden data for the stack, with the counter where there is one.
std::optional<RunResult> run_once(const CompiledModel& model, const DataSet& set, const Options& options,
                                  Measurement& measurement, Diagnostics& diagnostics) {
  Diagnostics quiet;
  if (!counter_ready(*options.target, counter_plugin(), quiet))
    return build_and_run(model, options, {&set, 1}, diagnostics);
  std::optional<CountedRun> counted = build_and_count(model, options, {&set, 1}, diagnostics);
  if (!counted) return std::nullopt;
  add_counts(measurement, model, counted->counted, *options.target);
  return std::move(counted->run);
}

// What the linked program tells without running: --report.
bool analyse_run(ModelWithReport& made, const Options& options, Diagnostics& diagnostics) {
  const auto found = analyse_model(made.model, options, diagnostics);
  if (!found) return false;
  add_analysis(*made.measurement, made.model, found->analysed, *options.target);
  add_measurement(made.report, *made.measurement);
  return true;
}

// What only a run tells.
bool measure_run(ModelWithReport& made, const GoldenData& golden, const Options& options, Diagnostics& diagnostics) {
  if (golden.sets.empty() || !can_run(*options.target)) return true;
  const DataSet set = as_data_set(golden.sets.front(), made.model.interface);
  const std::optional<RunResult> run = run_once(made.model, set, options, *made.measurement, diagnostics);
  if (!run) return false;
  add_stack(*made.measurement, *run, *options.target);
  add_measurement(made.report, *made.measurement);
  return true;
}

// The stack, where it was measured, beside the arrays of its region.
bool count_stack(ModelWithReport& made, const Options& options, Diagnostics& diagnostics) {
  const int64_t stack = made.report.stack_bytes.value.value_or(0);
  if (tinyc::count_stack(made.model.emission.memories, options.stack, stack)) {
    made.report.memories = made.model.emission.memories;
    return true;
  }
  diagnostics.error(Code::T0601, {},
                    fmt::format("the stack of {} bytes has no room beside the arrays of its region", stack),
                    fmt::format("--stack {} keeps the room free", stack));
  return false;
}

std::map<std::string, std::string> output_texts(const CompiledModel& model, const GoldenData& golden,
                                                const Report& report, const Options& options) {
  const std::string& name = options.name;
  std::map<std::string, std::string> files = {
      {name + ".h", print_header(model.emission)},
      {name + ".cpp", print_source(model.emission)},
      {name + "_test.cpp", print_test(model.emission, golden.sets, golden.tolerances)},
      {name + "_report.json", report_json(report)},
      {name + "_report.txt", report_text(report)},
  };
  const std::string sections = print_linker_sections(model.emission);
  if (!sections.empty()) {
    files[name + ".ld"] = sections;
    files[name + "_memory.ld"] = print_linker_memories(model.emission);
  }
  if (options.html) files[name + "_report.html"] = report_html(report);
  return files;
}

}  // namespace

std::optional<std::map<std::string, std::string>> model_files(ModelWithReport& made, const Options& options,
                                                              Diagnostics& diagnostics) {
  std::optional<GoldenData> golden;
  {
    const Progress progress("making golden data");
    golden = golden_data(made.model, options, diagnostics);
  }
  if (!golden) return std::nullopt;
  if (!golden->note.empty()) diagnostics.note(Code::T0309, {}, golden->note);
  if (options.analyse && !analyse_run(made, options, diagnostics)) return std::nullopt;
  if (options.measure && !options.analyse && !measure_run(made, *golden, options, diagnostics)) return std::nullopt;
  if (!count_stack(made, options, diagnostics)) return std::nullopt;
  made.model.emission.options.stack_bytes = made.report.stack_bytes.value.value_or(0);
  made.model.emission.options.stack_basis = made.report.stack_bytes.how;
  return output_texts(made.model, *golden, made.report, options);
}

}  // namespace tinyc
