// SPDX-License-Identifier: Apache-2.0
// Prints what backends/toolchain would run, for scripts. One argument per line, so that file names may have spaces.
//   print_commands targets                          names of the targets that can be run, and build-only ones with "-"
//   print_commands compile TARGET STUBS OUT SOURCE [FLAG...]
//   print_commands run TARGET EXECUTABLE [ARGUMENT...]
//   print_commands missing TARGET                   "program package" lines
#include <iostream>
#include <string>
#include <vector>

#include "backends/toolchain.h"

namespace {

int fail(const std::string& why) {
  std::cerr << why << '\n';
  return 1;
}

void print(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::cout << line << '\n';
}

void print_targets() {
  for (const tinyc::Target* target : tinyc::all_targets())
    if (tinyc::can_build(*target)) std::cout << (tinyc::can_run(*target) ? "" : "-") << target->name << '\n';
}

tinyc::BuildRequest request_from(const std::vector<std::string>& words) {
  tinyc::BuildRequest request;
  request.stubs_dir = words[2];
  request.output = words[3];
  request.sources = {words[4]};
  request.extra_flags.assign(words.begin() + 5, words.end());
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "targets") {
    print_targets();
    return 0;
  }
  if (words.size() < 2) return fail("usage: print_commands targets | compile ... | run ... | missing TARGET");
  const tinyc::Target* target = tinyc::find_target(words[1]);
  if (target == nullptr) return fail("unknown target " + words[1]);
  if (words[0] == "compile" && words.size() >= 5) {
    print(tinyc::compile_command(*target, request_from(words)));
  } else if (words[0] == "run" && words.size() >= 3) {
    print(tinyc::run_command(*target, words[2], {words.begin() + 3, words.end()}));
  } else if (words[0] == "missing") {
    for (const tinyc::MissingTool& tool : tinyc::missing_tools(*target))
      std::cout << tool.program << ' ' << tool.package << '\n';
  } else {
    return fail("unknown request " + words[0]);
  }
  return 0;
}
