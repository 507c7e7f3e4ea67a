// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compile_model.h"

#include <fmt/format.h>

#include <filesystem>

#include "backends/schedule/check_plan.h"
#include "backends/schedule/lower.h"
#include "compiler/frontend/onnx_import.h"
#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/text_writer.h"
#include "ir/print.h"

namespace tinyc {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text = "tinyc";
  for (const std::string& word : words) text += " " + word;
  return text;
}

void check_budgets(const Options& options, const EmissionPlan& plan, Diagnostics& diagnostics) {
  if (options.ram_bytes && plan.plan.workspace_bytes + plan.plan.state_bytes > *options.ram_bytes) {
    const int64_t needed = plan.plan.workspace_bytes + plan.plan.state_bytes;
    diagnostics.error(Code::T0601, {},
                      fmt::format("needs {} bytes of RAM, {} more than the {} there are", with_commas(needed),
                                  with_commas(needed - *options.ram_bytes), with_commas(*options.ram_bytes)),
                      "a smaller input or model, or a board with more RAM");
  }
  if (options.flash_bytes && plan.constant_bytes > *options.flash_bytes) {
    diagnostics.error(
        Code::T0601, {},
        fmt::format("needs {} bytes of flash for constants alone, {} more than the {} there are",
                    with_commas(plan.constant_bytes), with_commas(plan.constant_bytes - *options.flash_bytes),
                    with_commas(*options.flash_bytes)),
        "quantise the model to int8, or use a board with more flash");
  }
}

}  // namespace

std::unique_ptr<ir::Graph> load_graph(const Options& options, Diagnostics& diagnostics, std::vector<PassReport>* passes,
                                      std::string* sha256) {
  std::optional<ir::OnnxModel> model = read_onnx_model(options.model, diagnostics);
  if (!model) return nullptr;
  if (sha256) *sha256 = model->sha256;
  std::unique_ptr<ir::Graph> graph = import_onnx(*model, {options.dims}, diagnostics);
  if (!graph) return nullptr;
  model.reset();  // large models should not be kept twice
  PassContext context{options.target, diagnostics};
  RunnerOptions runner;
  runner.stop_after = options.stop_after;
  runner.check_numbers = options.check_numbers;
  if (!options.print_after.empty()) {
    runner.after_pass = [&](const PassDef& pass, const ir::Graph& now) {
      if (options.print_after != "all" && find_pass(options.print_after) != &pass) return;
      fmt::print("// after {}\n{}", pass.name, ir::print(now, {.largest_constant = 16}));
    };
  }
  std::vector<PassReport> reports = run_passes(*graph, context, runner);
  if (passes) *passes = std::move(reports);
  return diagnostics.has_errors() ? nullptr : std::move(graph);
}

std::optional<CompiledModel> compile_model(const Options& options, Diagnostics& diagnostics) {
  CompiledModel compiled;
  compiled.graph = load_graph(options, diagnostics, &compiled.passes, &compiled.sha256);
  if (!compiled.graph) return std::nullopt;
  const bool in_workspace = options.io_place == IoPlace::workspace;
  std::optional<Program> program =
      lower_to_program(*compiled.graph, *options.target, {!in_workspace, !in_workspace}, diagnostics);
  if (!program) return std::nullopt;
  compiled.program = std::make_unique<Program>(std::move(*program));
  const PlanOptions plan_options{options.keep_inputs};
  const Plan plan = plan_memory(*compiled.program, plan_options);
  if (const Status status = check_plan(*compiled.program, plan, plan_options); !status)
    TINYC_BUG("memory plan: " + status.message());
  EmitOptions emit;
  emit.name = options.name;
  emit.command_line = joined(options.given);
  emit.model_file = std::filesystem::path(options.model).filename().string();
  emit.model_sha256 = compiled.sha256;
  emit.tool_version = TINYC_VERSION;
  emit.io_place = options.io_place;
  emit.keep_inputs = options.keep_inputs;
  compiled.emission = make_emission_plan(*compiled.graph, *compiled.program, plan, *options.target, std::move(emit));
  check_budgets(options, compiled.emission, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  return compiled;
}

}  // namespace tinyc
