// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/commands.h"

#include <fmt/format.h>

#include "compiler/driver/build_facts.h"
#include "compiler/driver/option_table.h"

namespace tinyc {

int run_command(const Options& options, Diagnostics& diagnostics) {
  switch (options.command) {
    case Command::compile:
      return command_compile(options, diagnostics);
    case Command::check:
      return command_check(options, diagnostics);
    case Command::run:
      return command_run(options, diagnostics);
    case Command::verify:
      return command_verify(options, diagnostics);
    case Command::accuracy:
      return command_accuracy(options, diagnostics);
    case Command::plan:
      return command_plan(options, diagnostics);
    case Command::bench:
      return command_bench(options, diagnostics);
    case Command::ir:
      return command_ir(options, diagnostics);
    case Command::print_ops:
      return command_print_ops(options);
    case Command::print_passes:
      return command_print_passes(options);
    case Command::print_targets:
      return command_print_targets(options);
    case Command::print_kernels:
      return command_print_kernels(options);
    case Command::explain:
      return command_explain(options, diagnostics);
    case Command::explain_all:
      return command_explain_all();
    case Command::version:
      fmt::print("tinyc {}\n", TINYC_VERSION);
      return 0;
    case Command::help:
      break;
  }
  const CommandRow* about = find_command(options.topic);
  fmt::print("{}", help_text(about ? about->command : Command::help));
  return 0;
}

}  // namespace tinyc
