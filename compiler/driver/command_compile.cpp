// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "backends/toolchain.h"
#include "compiler/driver/budgets.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/golden_sets.h"
#include "compiler/driver/measure.h"
#include "compiler/driver/model_report.h"
#include "compiler/driver/output_files.h"
#include "compiler/driver/progress.h"
#include "compiler/support/text_writer.h"

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
  if (options.html) files[name + "_report.html"] = report_html(report);
  return files;
}

void print_summary(const Report& report, const Options& options) {
  fmt::print("{}: workspace {} B, weights {} B", options.name, with_commas(*report.workspace_bytes.value),
             with_commas(*report.weights_bytes.value));
  if (report.code_bytes.value) fmt::print(", code {} B", with_commas(*report.code_bytes.value));
  fmt::print(", {} MACs, ", with_commas(report.macs));
  if (report.instructions.value) fmt::print("{} instructions, ", with_commas(*report.instructions.value));
  fmt::print("about {} cycles ({})\n", with_commas(report.cycles.nominal.value_or(0)),
             report.instructions.value ? "modelled" : "estimate");
}

}  // namespace

int command_compile(const Options& options, Diagnostics& diagnostics) {
  std::optional<ModelWithReport> made = compile_within_budgets(options, diagnostics);
  if (!made) return 1;
  std::optional<GoldenData> golden;
  {
    const Progress progress("making golden data");
    golden = golden_data(made->model, options, diagnostics);
  }
  if (!golden) return 1;
  if (!golden->note.empty()) diagnostics.note(Code::T0309, {}, golden->note);
  if (options.measure && !measure_run(*made, *golden, options, diagnostics)) return 1;
  const auto files = output_texts(made->model, *golden, made->report, options);
  if (!write_all(options.output_dir, files, diagnostics)) return 1;
  if (options.json) {
    fmt::print("{}", files.at(options.name + "_report.json"));
  } else {
    print_summary(made->report, options);
  }
  return 0;
}

}  // namespace tinyc
