// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/driver/commands.h"
#include "compiler/driver/model_files.h"
#include "compiler/driver/output_files.h"
#include "compiler/driver/shared_workspace.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

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
  if (options.share_workspace) return compile_together(options, diagnostics);
  std::optional<ModelWithReport> made = compile_within_budgets(options, diagnostics);
  if (!made) return 1;
  const auto files = model_files(*made, options, diagnostics);
  if (!files || !write_all(options.output_dir, *files, diagnostics)) return 1;
  if (options.json) {
    fmt::print("{}", files->at(options.name + "_report.json"));
  } else {
    print_summary(made->report, options);
  }
  return 0;
}

}  // namespace tinyc
