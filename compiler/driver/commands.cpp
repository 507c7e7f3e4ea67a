// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/commands.h"

#include <fmt/format.h>

#include <filesystem>

#include "compiler/driver/compare.h"
#include "compiler/driver/compile_model.h"
#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/file.h"
#include "compiler/support/text_writer.h"
#include "ir/op_def.h"
#include "ir/print.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

// Writes all files or none.
bool write_files(const std::string& folder, const std::map<std::string, std::string>& files, Diagnostics& diagnostics) {
  std::error_code error;
  fs::create_directories(folder, error);
  std::vector<fs::path> written;
  for (const auto& [name, text] : files) {
    const fs::path path = fs::path(folder) / name;
    const Status status = write_file(path.string(), text);
    written.push_back(path);
    if (status) continue;
    diagnostics.error(Code::T0103, {}, status.message());
    for (const fs::path& done : written) fs::remove(done, error);
    return false;
  }
  return true;
}

int compile(const Options& options, Diagnostics& diagnostics) {
  const std::optional<CompiledModel> model = compile_model(options, diagnostics);
  if (!model) return 1;
  const std::map<std::string, std::string> files = {{options.name + ".h", print_header(model->emission)},
                                                    {options.name + ".cpp", print_source(model->emission)}};
  if (!write_files(options.output_dir, files, diagnostics)) return 1;
  fmt::print("{}: workspace {} B (lower bound {}), constants {} B, {} MACs\n", options.name,
             with_commas(model->emission.plan.workspace_bytes), with_commas(model->emission.plan.lower_bound),
             with_commas(model->emission.constant_bytes), with_commas(model->emission.macs));
  return 0;
}

int run(const Options& options, Diagnostics& diagnostics) {
  const std::optional<CompiledModel> model = compile_model(options, diagnostics);
  if (!model) return 1;
  const std::optional<DataSet> set = read_inputs(options.input_files, model->emission, diagnostics);
  if (!set) return 1;
  const std::optional<RunResult> result = build_and_run(*model, options, {&*set, 1}, diagnostics);
  if (!result) return 1;
  fs::create_directories(options.output_dir);
  for (size_t i = 0; i < model->emission.outputs.size(); ++i) {
    const std::string path = (fs::path(options.output_dir) / fmt::format("output_{}.pb", i)).string();
    if (const Status status = write_tensor_proto(path, model->emission.outputs[i].name, result->outputs[0][i]); !status)
      return diagnostics.error(Code::T0103, {}, status.message()), 1;
  }
  return 0;
}

int verify(const Options& options, Diagnostics& diagnostics) {
  const std::optional<CompiledModel> model = compile_model(options, diagnostics);
  if (!model) return 1;
  std::vector<RecordedSet> recorded;
  for (const std::string& folder : options.data_dirs) {
    auto sets = read_data_sets(folder, options.expect_prefix, model->emission, diagnostics);
    if (!sets) return 1;
    std::move(sets->begin(), sets->end(), std::back_inserter(recorded));
  }
  std::vector<DataSet> data;
  for (const RecordedSet& set : recorded) data.push_back(set.data);
  const std::optional<RunResult> result = build_and_run(*model, options, data, diagnostics);
  if (!result) return 1;
  const Tolerance tolerance{options.rtol, options.atol, options.steps};
  bool agree = true;
  for (size_t s = 0; s < recorded.size(); ++s) {
    for (size_t i = 0; i < recorded[s].expected.size(); ++i) {
      const Comparison comparison = compare(result->outputs[s][i], recorded[s].expected[i], tolerance);
      agree &= comparison.different == 0;
      fmt::print("{} {}: {} of {} elements differ, largest difference {}{}\n", recorded[s].data.label,
                 model->emission.outputs[i].name, comparison.different, comparison.elements,
                 shortest(comparison.largest),
                 comparison.first < 0 ? ""
                                      : fmt::format(", first at {}: {} instead of {}", comparison.first,
                                                    shortest(comparison.value), shortest(comparison.expected)));
    }
  }
  return agree ? 0 : 2;
}

int print_ir(const Options& options, Diagnostics& diagnostics) {
  const std::unique_ptr<ir::Graph> graph = load_graph(options, diagnostics);
  if (!graph) return 1;
  fmt::print("{}", ir::print(*graph, {.largest_constant = 16}));
  return 0;
}

}  // namespace

int run_command(const Options& options, Diagnostics& diagnostics) {
  switch (options.command) {
    case Command::compile:
      return compile(options, diagnostics);
    case Command::check:
      return compile_model(options, diagnostics) ? 0 : 1;
    case Command::run:
      return run(options, diagnostics);
    case Command::verify:
      return verify(options, diagnostics);
    case Command::ir:
      return print_ir(options, diagnostics);
    case Command::version:
      fmt::print("tinyc {}\n", TINYC_VERSION);
      return 0;
    default:
      fmt::print("{}", help_text());
      return 0;
  }
}

}  // namespace tinyc
