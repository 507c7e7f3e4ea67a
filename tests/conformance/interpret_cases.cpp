// SPDX-License-Identifier: Apache-2.0
// Runs cases in the layout of ONNX's backend tests (CASE/model.onnx, CASE/test_data_set_K/*.pb) through reader,
// importer and interpreter, and compares: the oracle for operators and ONNX rules.
//   interpret_cases [--accept index.json] [--passes] [--all] FOLDER...
// FOLDER is a case, or holds cases at any depth. Prints a line per case that is not passed (--all: every case) and a
// summary; ends with 1 if any case failed. A refused case is no failure: the importer said why.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_import.h"
#include "compiler/frontend/onnx_reader.h"
#include "ir/interpret.h"
#include "passes/runner.h"
#include "tests/conformance/accept_file.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

struct Settings {
  bool run_passes = false;
  bool print_all = false;
  AcceptFile accept;
};

enum class Verdict : uint8_t { pass, pass_fixed, refused, fail, no_data };  // pass_fixed: with inputs as constants

struct Outcome {
  Verdict verdict = Verdict::pass;
  std::string reason;
};

std::vector<fs::path> case_folders(const fs::path& root) {
  std::vector<fs::path> found;
  if (fs::exists(root / "model.onnx")) found.push_back(root);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory() && fs::exists(entry.path() / "model.onnx")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> data_sets(const fs::path& folder) {
  std::vector<fs::path> sets;
  for (int k = 0; fs::exists(folder / fmt::format("test_data_set_{}", k)); ++k)
    sets.push_back(folder / fmt::format("test_data_set_{}", k));
  return sets;
}

std::optional<std::vector<ir::Tensor>> read_tensors(const fs::path& set, std::string_view prefix, size_t count,
                                                    std::string& problem) {
  std::vector<ir::Tensor> tensors;
  for (size_t i = 0; i < count; ++i) {
    Result<NamedTensor> tensor = read_tensor_proto((set / fmt::format("{}_{}.pb", prefix, i)).string());
    if (!tensor) {
      problem = fmt::format("{}_{}.pb: {}", prefix, i, tensor.message());
      return std::nullopt;
    }
    tensors.push_back(tensor->tensor);
  }
  return tensors;
}

// Empty if equal within the tolerance.
std::string difference(const ir::Tensor& value, const ir::Tensor& expected, const Accept& accept) {
  if (value.shape() != expected.shape() || value.element() != expected.element())
    return fmt::format("{} instead of {}", ir::type_text(value.type()), ir::type_text(expected.type()));
  for (int64_t i = 0; i < value.size(); ++i) {
    const double a = value.real(i);
    const double b = expected.real(i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const bool real = ir::is_float(value.element());
    const double allowed = real ? accept.atol + accept.rtol * std::fabs(b) : accept.steps;
    if (!(std::fabs(a - b) <= allowed)) return fmt::format("element {} is {} instead of {}", i, a, b);
  }
  return {};
}

// The graph inputs that are no initialisers.
std::vector<const ir::OnnxValueInfo*> inputs_of(const ir::OnnxModel& model) {
  std::set<std::string> initialized;
  for (const ir::OnnxInitializer& initializer : model.graph.initializers) initialized.insert(initializer.name);
  std::vector<const ir::OnnxValueInfo*> inputs;
  for (const ir::OnnxValueInfo& info : model.graph.inputs) {
    if (!initialized.count(info.name)) inputs.push_back(&info);
  }
  return inputs;
}

// Imports with dimensions as the data has them, and with the inputs from `first_fixed` on as constants.
std::unique_ptr<ir::Graph> import_for(const ir::OnnxModel& model, const std::vector<ir::Tensor>& data,
                                      size_t first_fixed, const Settings& settings, std::string& reason) {
  Diagnostics diagnostics;
  ImportOptions options;
  const std::vector<const ir::OnnxValueInfo*> inputs = inputs_of(model);
  for (size_t i = 0; i < inputs.size() && i < data.size(); ++i) {
    if (i >= first_fixed) options.fixed_inputs.emplace(inputs[i]->name, data[i]);
    const ir::Shape& shape = data[i].shape();
    for (size_t d = 0; inputs[i]->dims && d < inputs[i]->dims->size() && d < shape.size(); ++d) {
      if (const std::string& symbol = (*inputs[i]->dims)[d].symbol; !symbol.empty()) options.dims[symbol] = shape[d];
    }
  }
  std::unique_ptr<ir::Graph> graph = import_onnx(model, options, diagnostics);
  if (graph && settings.run_passes) {
    PassContext context{nullptr, diagnostics};
    run_passes(*graph, context, {});
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity != Severity::error) continue;
    reason = fmt::format("{} ({}): {}", code_info(diagnostic.code).name, diagnostic.where.op, diagnostic.message);
    break;
  }
  return diagnostics.has_errors() ? nullptr : std::move(graph);
}

Outcome compare(const ir::Graph& graph, std::vector<ir::Tensor> inputs, const std::vector<ir::Tensor>& expected,
                const std::vector<Accept>& accept) {
  inputs.resize(graph.inputs().size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ir::Type& type = graph.inputs()[i]->type;
    if (inputs[i].shape() != type.shape || inputs[i].element() != type.element)
      return {Verdict::refused, "input " + ir::type_text(inputs[i].type()) + " for " + ir::type_text(type)};
  }
  const std::vector<ir::Tensor> results = ir::interpret(graph, inputs);
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string text = difference(results[i], expected[i], i < accept.size() ? accept[i] : Accept{});
    if (!text.empty()) return {Verdict::fail, fmt::format("output {}: {}", i, text)};
  }
  return {};
}

// Many of ONNX's cases give shapes, axes and scales as inputs, which a compiler must refuse. These are run a second
// time with all but the first input fixed, a third time with all of them: that checks the rules and the folding.
Outcome run_set(const ir::OnnxModel& model, const fs::path& set, const std::vector<Accept>& accept,
                const Settings& settings) {
  Outcome outcome;
  const size_t count = inputs_of(model).size();
  const auto inputs = read_tensors(set, "input", count, outcome.reason);
  const auto expected = inputs ? read_tensors(set, "output", model.graph.outputs.size(), outcome.reason) : std::nullopt;
  const std::vector<ir::Tensor> data = inputs.value_or(std::vector<ir::Tensor>{});
  std::string reason;
  for (const size_t first_fixed : {count, size_t{1}, size_t{0}}) {
    std::string problem;
    const std::unique_ptr<ir::Graph> graph = import_for(model, data, first_fixed, settings, problem);
    if (reason.empty()) reason = problem;
    if (!graph) continue;
    if (!expected) return {Verdict::no_data, outcome.reason};
    outcome = compare(*graph, data, *expected, accept);
    if (outcome.verdict == Verdict::pass && first_fixed < count) outcome = {Verdict::pass_fixed, reason};
    return outcome;
  }
  return {Verdict::refused, reason};
}

Outcome run_case(const fs::path& folder, const Settings& settings) {
  Diagnostics diagnostics;
  const std::optional<ir::OnnxModel> model = read_onnx_model((folder / "model.onnx").string(), diagnostics);
  if (!model) return {Verdict::refused, diagnostics.all().empty() ? "" : diagnostics.all()[0].message};
  const std::vector<fs::path> sets = data_sets(folder);
  if (sets.empty()) {
    Outcome outcome;
    const bool imported = import_for(*model, {}, 0, settings, outcome.reason) != nullptr;
    return imported ? Outcome{Verdict::no_data, "no test_data_set_0"} : Outcome{Verdict::refused, outcome.reason};
  }
  const auto accept = settings.accept.find(folder.filename().string());
  Outcome outcome;
  for (const fs::path& set : sets) {
    outcome = run_set(*model, set, accept, settings);
    if (outcome.verdict == Verdict::fail) outcome.reason = set.filename().string() + ", " + outcome.reason;
    if (outcome.verdict != Verdict::pass && outcome.verdict != Verdict::pass_fixed) break;
  }
  return outcome;
}

int run(const std::vector<std::string>& folders, const Settings& settings) {
  constexpr std::string_view kNames[] = {"pass", "fixed", "refused", "fail", "no data"};
  int counts[5] = {};
  for (const std::string& root : folders) {
    for (const fs::path& folder : case_folders(root)) {
      fmt::print(stderr, "{}\n", folder.string());  // the last line names the case if the process ends early
      const auto start = std::chrono::steady_clock::now();
      const Outcome outcome = run_case(folder, settings);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      const auto verdict = static_cast<size_t>(outcome.verdict);
      ++counts[verdict];
      if (outcome.verdict != Verdict::pass || settings.print_all)
        fmt::print("{:8} {} {:.2f} s {}\n", kNames[verdict], fs::relative(folder, root).string(), seconds,
                   outcome.reason);
    }
  }
  fmt::print("{} passed, {} passed with fixed inputs, {} refused, {} failed, {} without data\n", counts[0], counts[1],
             counts[2], counts[3], counts[4]);
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
    } else if (argument == "--accept" && i + 1 < argc) {
      settings.accept = tinyc::AcceptFile(argv[++i]);
    } else {
      folders.push_back(argument);
    }
  }
  if (folders.empty()) {
    fmt::print(stderr, "usage: interpret_cases [--accept index.json] [--passes] [--all] FOLDER...\n");
    return 2;
  }
  return tinyc::run(folders, settings);
}
