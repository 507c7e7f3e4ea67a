// SPDX-License-Identifier: Apache-2.0
// Runs a linked program in the emulator with the counting plugin.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/target.h"
#include "compiler/counter/counts.h"
#include "compiler/support/diagnostics.h"

namespace tinyc {

struct CountRequest {
  const Target* target = nullptr;
  std::string plugin;                // file of the plugin
  std::string program;               // ELF file
  std::string folder;                // to run in; the result file goes there, too
  std::string function;              // whose first call is counted
  std::vector<std::string> watched;  // functions inside an unnamed namespace, without it: "l01_conv"
  double seconds = 900;              // the run is ended after that
};

struct CountedProgram {
  ElfFile file;
  Listing listing;
  RunCounts counts;  // accounts in the order of `watched`; functions that were merged into another one have none
};

// Whether programs for the target can be counted here; what is missing is reported.
bool counter_ready(const Target& target, const std::string& plugin, Diagnostics& diagnostics);

// Whether the file is a program for the target that has the function; if not, the reason is reported.
bool program_ready(const CountRequest& request, Diagnostics& diagnostics);

std::optional<CountedProgram> run_counted(const CountRequest& request, Diagnostics& diagnostics);

}  // namespace tinyc
