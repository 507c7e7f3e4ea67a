// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "backends/toolchain.h"
#include "compiler/driver/analyse_model.h"
#include "compiler/driver/bench_report.h"
#include "compiler/driver/budgets.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/data_sets.h"
#include "compiler/driver/measure.h"
#include "compiler/support/file.h"
#include "compiler/support/process.h"
#include "passes/runner.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

CountsByAddress all_accounts(const RunCounts& counts) {
  CountsByAddress sum;
  for (const CountsByAddress& account : counts.accounts) {
    for (const auto& [address, count] : account) sum[address] += count;
  }
  return sum;
}

// `Program`: counted or analysed.
template <class Program>
BenchReport common_part(const Options& options, const Program& program) {
  BenchReport report;
  report.name = options.name;
  report.target = options.target;
  report.core = cycles_of(*options.target);
  const CountsByAddress all = all_accounts(program.counts);
  report.functions = totals_by_function(all, program.listing, *report.core, program.file);
  report.totals = totals_of(all, program.listing, *report.core);
  return report;
}

template <class Program>
void add_layers(BenchReport& report, const CompiledModel& model, const Program& program) {
  for (size_t i = 0; i < model.emission.layers.size(); ++i) {
    const EmittedLayer& layer = model.emission.layers[i];
    const KernelDef& kernel = *model.program->instances[i].kernel->def;
    report.layers.push_back({layer.symbol, fmt::format("{}/{}", isa_name(kernel.isa), kernel.name), layer.macs,
                             totals_of(program.counts.accounts[i + 1], program.listing, *report.core)});
  }
  report.layers.push_back({"(between layers)", "", 0, totals_of(program.counts.accounts[0], program.listing, *report.core)});
}

BenchReport analysed_part(const Options& options, const AnalysedProgram& analysed) {
  BenchReport report = common_part(options, analysed);
  report.analysed = true;
  for (const Undecided& undecided : analysed.undecided) {
    widen(report.totals, undecided);
    report.typical_calls += undecided.typical_calls;
    report.undecided_jumps += undecided.jumps;
    report.undecided_instructions += undecided.instructions;
  }
  report.stack_bytes = analysed.stack_bytes;
  return report;
}

void add_build(BenchReport& report, const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  report.macs = model.emission.macs;
  report.workspace_bytes = model.emission.plan.workspace_bytes + model.emission.plan.state_bytes;
  if (const auto measured = measure_object(model, options, diagnostics)) {
    report.code_bytes = measured->code_bytes;
    report.constant_bytes = measured->constant_bytes;
  }
  report.compiler = compiler_version(*options.target) + " " + options.optimisation;
  for (const std::string& flag : options.compiler_flags) report.compiler += " " + flag;
}

std::optional<BenchReport> analysed_model(const Options& options, Diagnostics& diagnostics) {
  const std::optional<ModelWithReport> made = compile_within_budgets(options, diagnostics);
  if (!made) return std::nullopt;
  const auto found = analyse_model(made->model, options, diagnostics);
  if (!found) return std::nullopt;
  const AnalysedProgram& analysed = found->analysed;
  BenchReport report = analysed_part(options, analysed);
  add_layers(report, made->model, analysed);
  for (size_t i = 0; i < report.layers.size(); ++i) {
    const Undecided& undecided = analysed.undecided[(i + 1) % report.layers.size()];
    widen(report.layers[i].totals, undecided);
    report.layers[i].typical_calls = undecided.typical_calls;
    report.layers[i].undecided_jumps = undecided.jumps;
    report.layers[i].undecided_instructions = undecided.instructions;
  }
  add_build(report, made->model, options, diagnostics);
  return report;
}

std::optional<BenchReport> analysed_program(const Options& options, Diagnostics& diagnostics) {
  const auto found = analyse_file(options, diagnostics);
  if (!found) return std::nullopt;
  return analysed_part(options, found->analysed);
}

std::optional<BenchReport> bench_model(const Options& options, Diagnostics& diagnostics) {
  if (!toolchain_ready(*options.target, true, diagnostics)) return std::nullopt;
  const std::optional<ModelWithReport> made = compile_within_budgets(options, diagnostics);
  if (!made) return std::nullopt;
  const CompiledModel* model = &made->model;
  std::vector<DataSet> sets;
  if (options.data_dirs.empty()) {
    DataSet seeded{"seeded input"};
    const std::vector<ir::Tensor> inputs = seeded_inputs(*model->graph);
    for (size_t i = 0; i < model->interface.inputs.size(); ++i)
      seeded.inputs.push_back(from_interface(inputs[i], model->interface.inputs[i]));
    sets.push_back(std::move(seeded));
  } else {
    auto read = read_data_sets(options.data_dirs, options.expect_prefix, *model, diagnostics);
    if (!read) return std::nullopt;
    sets = model->streaming ? calls_of(read->front(), *model->streaming) : std::vector{std::move(read->front())};
  }
  const auto counted = build_and_count(*model, options, sets, diagnostics);
  if (!counted) return std::nullopt;
  BenchReport report = common_part(options, counted->counted);
  add_layers(report, *model, counted->counted);
  if (counted->run.stack_bytes) report.stack_bytes = counted->run.stack_bytes;
  add_build(report, *model, options, diagnostics);
  return report;
}

std::optional<BenchReport> bench_program(const Options& options, Diagnostics& diagnostics) {
  CountRequest request;
  request.target = options.target;
  request.plugin = counter_plugin();
  request.program = fs::absolute(options.model).string();
  request.function = options.function;
  if (!program_ready(request, diagnostics) || !toolchain_ready(*options.target, true, diagnostics) ||
      !counter_ready(*options.target, counter_plugin(), diagnostics))
    return std::nullopt;
  const auto folder = TemporaryDirectory::create();
  if (!folder) return diagnostics.error(Code::T0103, {}, "no temporary folder can be made"), std::nullopt;
  request.folder = folder->path().string();
  const auto counted = run_counted(request, diagnostics);
  if (!counted) return std::nullopt;
  return common_part(options, *counted);
}

bool is_elf(const std::string& path) {
  const auto start = read_file_part(path, 0, 4);
  return start && *start ==
                      "\x7f"
                      "ELF";
}

}  // namespace

int command_bench(const Options& options, Diagnostics& diagnostics) {
  const bool elf = is_elf(options.model);
  const auto report = options.analyse
                          ? (elf ? analysed_program(options, diagnostics) : analysed_model(options, diagnostics))
                      : elf ? bench_program(options, diagnostics)
                            : bench_model(options, diagnostics);
  if (!report) return 1;
  fmt::print("{}", options.json ? bench_json(*report) : bench_text(*report, options.per_layer));
  return 0;
}

}  // namespace tinyc
