// SPDX-License-Identifier: Apache-2.0
// Runs cases in the layout of ONNX's backend tests through reader, importer and interpreter, and compares: the oracle
// for operators and ONNX rules.
//   interpret_cases [--accept index.json] [--passes] [--all] [--table FILE] FOLDER...
// FOLDER is a case, or holds cases at any depth. Prints a line per case that is not passed (--all: every case) and a
// summary; --table writes what docs/conformance.md shows. Ends with 1 if any case failed. A refused case is
// no failure: the importer said why.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/file.h"
#include "ir/interpret.h"
#include "passes/runner.h"
#include "tests/conformance/backend_cases.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

struct Settings {
  bool run_passes = false;
  bool print_all = false;
  std::string table;
  AcceptFile accept;
};

enum class Verdict : uint8_t { pass, pass_fixed, refused, fail, no_data };  // pass_fixed: with inputs as constants

struct Outcome {
  Verdict verdict = Verdict::pass;
  std::string reason;
};

// Counts per class of cases, and the refused cases by reason.
class Table {
 public:
  void add(const std::string& kind, const std::string& name, const Outcome& outcome) {
    ++counts_[kind][static_cast<size_t>(outcome.verdict)];
    if (outcome.verdict == Verdict::refused) refused_[outcome.reason].push_back(name);
  }

  std::string text() const {
    std::string text =
        "<!-- interpret_cases --table: written by tests/conformance/table.sh -->\n# ONNX's backend tests\n\n"
        "Cases of onnx 1.23 through reader, importer and interpreter, with ONNX's own tolerances. *strict*: float32, "
        "int8,\n"
        "uint8, int32 and bool with static shapes; *int64*: these and int64; *other*: sequences, optionals, maps, "
        "strings\n"
        "among inputs or outputs; *rest*: other elements, and dimensions with a name, which are pinned as the data has "
        "them.\n"
        "*Constant inputs*: cases that give shapes, axes or scales as inputs pass once these are constants. Results of "
        "random\n"
        "operators are compared by element and shape; NonZero, NonMaxSuppression and Unique give the largest possible "
        "shape,\n"
        "and what lies beyond the expected one must hold -1 or 0.\n\n"
        "| cases | passed | with constant inputs | refused | failed |\n|---|---|---|---|---|\n";
    for (const auto& [kind, counts] : counts_)
      text += fmt::format("| {} | {} | {} | {} | {} |\n", kind, counts[0], counts[1], counts[2] + counts[4], counts[3]);
    text += counted();
    text += "\n## Refused\n\n| reason | cases |\n|---|---|\n";
    for (const auto& [reason, names] : refused_) {
      std::string list;
      for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
      text += fmt::format("| {} | {} |\n", reason, list);
    }
    return text;
  }

 private:
  // What the project's aim counts: all but "other" and "training".
  std::string counted() const {
    int all = 0, passed = 0;
    for (const auto& [kind, counts] : counts_) {
      if (kind == "other" || kind == "training") continue;
      for (const int count : counts) all += count;
      passed += counts[0] + counts[1];
    }
    return fmt::format("\nWithout *other* and *training*: {} of {} pass, {:.1f} %.\n", passed, all,
                       all ? 100.0 * passed / all : 0.0);
  }

  std::map<std::string, std::array<int, 5>> counts_;
  std::map<std::string, std::vector<std::string>> refused_;
};

Outcome compare(const ir::Graph& graph, const ImportedSet& set, const std::vector<Accept>& accept) {
  const std::vector<ir::Tensor> results = ir::interpret(graph, set.inputs);
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string text =
        difference(results[i], set.expected[i], i < accept.size() ? accept[i] : Accept{}, set.comparison);
    if (!text.empty()) return {Verdict::fail, fmt::format("output {}: {}", i, text)};
  }
  return {};
}

Outcome run_set(const ir::OnnxModel& model, const fs::path& folder, const std::vector<Accept>& accept,
                const Settings& settings) {
  ImportedSet set = import_set(model, folder);
  if (set.no_data) return {Verdict::no_data, set.reason};
  if (!set.graph) return {Verdict::refused, set.reason};
  if (settings.run_passes) {
    Diagnostics diagnostics;
    PassContext context{nullptr, diagnostics};
    run_passes(*set.graph, context, {});
    if (diagnostics.has_errors()) return {Verdict::refused, diagnostics.all()[0].message};
  }
  Outcome outcome = compare(*set.graph, set, accept);
  if (outcome.verdict == Verdict::pass && set.fixed) outcome = {Verdict::pass_fixed, set.reason};
  return outcome;
}

Outcome run_case(const ir::OnnxModel& model, const fs::path& folder, const Settings& settings) {
  const std::vector<fs::path> sets = data_sets(folder);
  if (sets.empty()) return {Verdict::no_data, "no test_data_set_0"};
  const auto accept = settings.accept.find(folder.filename().string());
  Outcome outcome;
  for (const fs::path& set : sets) {
    outcome = run_set(model, set, accept, settings);
    if (outcome.verdict == Verdict::fail) outcome.reason = set.filename().string() + ", " + outcome.reason;
    if (outcome.verdict != Verdict::pass && outcome.verdict != Verdict::pass_fixed) break;
  }
  return outcome;
}

int run(const std::vector<std::string>& folders, const Settings& settings) {
  constexpr std::string_view kNames[] = {"pass", "fixed", "refused", "fail", "no data"};
  int counts[5] = {};
  Table table;
  for (const std::string& root : folders) {
    for (const fs::path& folder : case_folders(root)) {
      fmt::print(stderr, "{}\n", folder.string());  // the last line names the case if the process ends early
      const auto start = std::chrono::steady_clock::now();
      const std::string name = fs::relative(folder, root).string();
      Diagnostics diagnostics;
      const auto model = read_onnx_model((folder / "model.onnx").string(), diagnostics);
      const Outcome outcome =
          model ? run_case(*model, folder, settings) : Outcome{Verdict::refused, diagnostics.all().front().message};
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      const auto verdict = static_cast<size_t>(outcome.verdict);
      ++counts[verdict];
      table.add(model ? class_of(*model, name) : "other", name, outcome);
      if (outcome.verdict != Verdict::pass || settings.print_all)
        fmt::print("{:8} {} {:.2f} s {}\n", kNames[verdict], name, seconds, outcome.reason);
    }
  }
  fmt::print("{} passed, {} passed with fixed inputs, {} refused, {} failed, {} without data\n", counts[0], counts[1],
             counts[2], counts[3], counts[4]);
  if (!settings.table.empty() && !write_file(settings.table, table.text())) return 2;
  return counts[3] == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) {
  tinyc::Settings settings;
  std::vector<std::string> folders;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--passes") {
      settings.run_passes = true;
    } else if (argument == "--all") {
      settings.print_all = true;
    } else if (argument == "--table" && i + 1 < argc) {
      settings.table = argv[++i];
    } else if (argument == "--accept" && i + 1 < argc) {
      settings.accept = tinyc::AcceptFile(argv[++i]);
    } else {
      folders.push_back(argument);
    }
  }
  if (folders.empty()) {
    fmt::print(stderr, "usage: interpret_cases [--accept index.json] [--passes] [--all] [--table FILE] FOLDER...\n");
    return 2;
  }
  return tinyc::run(folders, settings);
}
