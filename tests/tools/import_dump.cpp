// SPDX-License-Identifier: Apache-2.0
// Reads an ONNX model, imports it, runs the pipeline with numbers checked, and prints what is left: float operators
// between integers, transposes, the graph after a pass. For people and for tests of whole models.
// usage: import_dump MODEL.onnx [--after PASS] [--print] [--no-check] [--report]
#include <fmt/format.h>

#include <iostream>
#include <map>

#include "compiler/frontend/onnx_import.h"
#include "compiler/frontend/onnx_reader.h"
#include "ir/print.h"
#include "passes/leftovers.h"
#include "passes/runner.h"

namespace tinyc {
namespace {

struct Options {
  std::string model;
  std::string after;
  bool print = false;
  bool check = true;
  bool report = false;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--after" && i + 1 < argc) {
      options.after = argv[++i];
      options.print = true;
    } else if (word == "--print") {
      options.print = true;
    } else if (word == "--no-check") {
      options.check = false;
    } else if (word == "--report") {
      options.report = true;
    } else {
      options.model = word;
    }
  }
  return options;
}

std::string counts_text(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += fmt::format(" {}x{}", name, count);
  return text;
}

void summarize(const ir::Graph& graph) {
  std::map<std::string, int> all, floats;
  for (const auto& op : graph.ops()) {
    if (!op->is("constant")) ++all[std::string(op->name())];
  }
  const Leftovers leftovers = find_leftovers(graph);
  for (const FloatIsland& island : leftovers.float_islands) ++floats[std::string(island.op->name())];
  std::cout << fmt::format("  ops:{}\n  float islands:{}\n  transposes: {} ({} bytes)\n", counts_text(all),
                           counts_text(floats), leftovers.transposes.size(), leftovers.transposed_bytes);
}

int run(const Options& options) {
  Diagnostics diagnostics;
  const auto model = read_onnx_model(options.model, diagnostics);
  std::unique_ptr<ir::Graph> graph = model ? import_onnx(*model, {}, diagnostics) : nullptr;
  for (const Diagnostic& diagnostic : diagnostics.all()) std::cout << render(diagnostic, false) << "\n";
  if (!graph) return 1;
  PassContext context{nullptr, diagnostics};
  RunnerOptions runner;
  runner.check_numbers = options.check;
  runner.stop_after = options.after;
  if (options.after != "import") {
    for (const PassReport& report : run_passes(*graph, context, runner)) {
      if (options.report)
        std::cout << fmt::format("  {:32} {:2} runs {:2} changes {:8.1f} ms, difference {}\n", report.pass, report.runs,
                                 report.changes, report.seconds * 1e3, report.largest_difference);
    }
  }
  if (options.print) std::cout << ir::print(*graph, {.largest_constant = 16});
  summarize(*graph);
  return 0;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) { return tinyc::run(tinyc::read_options(argc, argv)); }
