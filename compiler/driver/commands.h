// SPDX-License-Identifier: Apache-2.0
// What each command does, one file per command. Results: exit codes (0 done, 1 refused, 2 verify found differences).
#pragma once

#include "compiler/driver/options.h"

namespace tinyc {

int run_command(const Options& options, Diagnostics& diagnostics);

int command_compile(const Options& options, Diagnostics& diagnostics);
int command_check(const Options& options, Diagnostics& diagnostics);
int command_run(const Options& options, Diagnostics& diagnostics);
int command_verify(const Options& options, Diagnostics& diagnostics);
int command_accuracy(const Options& options, Diagnostics& diagnostics);
int command_plan(const Options& options, Diagnostics& diagnostics);
int command_bench(const Options& options, Diagnostics& diagnostics);
int command_ir(const Options& options, Diagnostics& diagnostics);
int command_print_ops(const Options& options);
int command_print_passes(const Options& options);
int command_print_targets(const Options& options);
int command_print_kernels(const Options& options);
int command_explain(const Options& options, Diagnostics& diagnostics);
int command_explain_all();

}  // namespace tinyc
