// SPDX-License-Identifier: Apache-2.0
// Golden tests of passes. One file per case under tests/golden/ir/<pass>/: a RUN line, the graph before, a line
// `// ----`, and the exact graph after. Every pass is also checked by numbers (runner.h: check_numbers).
// TINYC_BLESS=1 rewrites the expected part; a person reviews the diff. Refused where CI is set.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "ir/print.h"
#include "passes/runner.h"

namespace tinyc {
namespace {

constexpr std::string_view kRun = "// RUN: --passes=";
constexpr std::string_view kSeparator = "// ----\n";

struct Case {
  std::vector<PipelineRow> passes;
  std::string run_line;
  std::string input;
  std::string expected;
};

Result<std::vector<PipelineRow>> rows_of(std::string_view list) {
  std::vector<PipelineRow> rows;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const PassDef* pass = find_pass(list.substr(0, comma));
    if (!pass) return Failure{"unknown pass '" + std::string(list.substr(0, comma)) + "'"};
    rows.push_back({pass, true, "golden test"});
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return rows;
}

Result<Case> read_case(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const size_t line_end = all.find('\n');
  if (!all.starts_with(kRun) || line_end == std::string::npos) return Failure{"no RUN line"};
  Result<std::vector<PipelineRow>> rows = rows_of(std::string_view(all).substr(kRun.size(), line_end - kRun.size()));
  if (!rows) return rows.failure();
  const size_t separator = all.find(kSeparator);
  const std::string input =
      all.substr(line_end + 1, separator == std::string::npos ? separator : separator - line_end - 1);
  const std::string expected = separator == std::string::npos ? "" : all.substr(separator + kSeparator.size());
  return Case{rows.take(), all.substr(0, line_end + 1), input, expected};
}

Status run_case(const std::filesystem::path& path, bool bless) {
  const Result<Case> golden = read_case(path);
  if (!golden) return golden.failure();
  Result<std::unique_ptr<ir::Graph>> graph = ir::parse(golden->input);
  if (!graph) return Failure{"input: " + graph.message()};
  Diagnostics diagnostics;
  PassContext context{nullptr, diagnostics};
  RunnerOptions options;
  options.check_numbers = true;
  run_passes(**graph, context, golden->passes, options);
  const std::string after = ir::print(**graph);
  if (after == golden->expected) return {};
  if (!bless) return Failure{fmt::format("expected:\n{}\nbut got:\n{}", golden->expected, after)};
  const bool spaced = golden->input.ends_with("\n");
  std::ofstream(path) << golden->run_line << golden->input << (spaced ? "" : "\n") << kSeparator << after;
  return {};
}

int run_all(const std::filesystem::path& folder) {
  const bool bless = std::getenv("TINYC_BLESS") != nullptr;
  if (bless && std::getenv("CI") != nullptr) {
    std::cerr << "TINYC_BLESS is refused where CI is set\n";
    return 1;
  }
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".ir") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  int failed = 0;
  for (const auto& path : paths) {
    const Status status = run_case(path, bless);
    if (status) continue;
    ++failed;
    std::cout << std::filesystem::relative(path, folder).generic_string() << ": " << status.message() << "\n";
  }
  std::cout << paths.size() << " cases, " << failed << " failed\n";
  return failed == 0 && !paths.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: golden_ir_test FOLDER\n";
    return 1;
  }
  return tinyc::run_all(argv[1]);
}
