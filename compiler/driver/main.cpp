// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "compiler/driver/commands.h"
#include "compiler/support/process.h"

int main(int argc, char** argv) {
  tinyc::Diagnostics diagnostics;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto options = tinyc::parse_options(arguments, diagnostics);
  const int status = options ? tinyc::run_command(*options, diagnostics) : 1;
  std::fflush(stdout);
  const bool colour = tinyc::is_terminal(stderr);
  for (const tinyc::Diagnostic& diagnostic : diagnostics.all()) std::fputs(render(diagnostic, colour).c_str(), stderr);
  return status;
}
