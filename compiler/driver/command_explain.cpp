// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "compiler/driver/commands.h"

namespace tinyc {

int command_explain(const Options& options, Diagnostics& diagnostics) {
  std::string wanted = options.topic;
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](char c) { return c == 't' ? 'T' : c; });
  for (const CodeInfo& code : all_codes()) {
    if (code.name != wanted) continue;
    fmt::print("{}: {}\n\n{}\n", code.name, code.title, code.explanation);
    return 0;
  }
  diagnostics.error(Code::T0101, {}, "there is no code '" + options.topic + "'", "tinyc --explain-all");
  return 1;
}

int command_explain_all() {
  fmt::print("# Diagnostics\n");
  for (const CodeInfo& code : all_codes()) fmt::print("\n## {}: {}\n\n{}\n", code.name, code.title, code.explanation);
  return 0;
}

}  // namespace tinyc
