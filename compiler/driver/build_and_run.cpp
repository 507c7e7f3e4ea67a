// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/build_and_run.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "backends/emit/print_zones.h"
#include "backends/toolchain.h"
#include "compiler/driver/build_facts.h"
#include "compiler/driver/progress.h"
#include "compiler/support/file.h"
#include "compiler/support/process.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr double kBuildSeconds = 600;
constexpr double kRunSeconds = 900;
constexpr uint64_t kLargestOutput = uint64_t{1} << 31;

std::string set_folder(size_t index) { return fmt::format("s{:05}", index); }

std::string_view bytes_of(const ir::Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data()), static_cast<size_t>(tensor.bytes())};
}

// Why, and what the program said.
std::string failure_text(const ProcessResult& result, const ProcessOptions& limits) {
  std::string output = result.output;
  while (output.ends_with('\n')) output.pop_back();
  return describe_failure(result, limits) + (output.empty() ? "" : "\n" + output);
}

class Job {
 public:
  Job(const CompiledModel& model, const Options& options, Diagnostics& diagnostics)
      : model_(model), options_(options), diagnostics_(diagnostics) {}

  std::optional<RunResult> run(std::span<const DataSet> sets) {
    if (!prepare(sets) || !execute()) return std::nullopt;
    return read_outputs(sets.size());
  }

  std::optional<std::string> program() {
    if (!make_folder(false) || !build()) return std::nullopt;
    auto bytes = read_file(path("program.elf"), kLargestOutput);
    if (!bytes) return fail(Code::T0702, bytes.message()), std::nullopt;
    return bytes.take();
  }

  std::optional<CountedRun> count(std::span<const DataSet> sets) {
    if (!counter_ready(*options_.target, counter_plugin(), diagnostics_) || !prepare(sets)) return std::nullopt;
    CountRequest request;
    request.target = options_.target;
    request.plugin = counter_plugin();
    request.program = path("program.elf");
    request.folder = folder_->path().string();
    request.function = options_.name + "_infer";
    for (const EmittedLayer& layer : model_.emission.layers) request.watched.push_back(layer.symbol);
    const Progress progress("counting in the emulator");
    auto counted = run_counted(request, diagnostics_);
    if (!counted) return std::nullopt;
    auto result = read_outputs(sets.size());
    if (!result) return std::nullopt;
    return CountedRun{std::move(*result), std::move(*counted)};
  }

 private:
  void fail(Code code, std::string message) { diagnostics_.error(code, {}, std::move(message)); }
  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }

  bool write(const std::string& name, std::string_view bytes) {
    const Status status = write_file(path(name), bytes);
    if (!status) fail(Code::T0103, "'" + name + "' " + status.message());
    return status.ok();
  }

  bool prepare(std::span<const DataSet> sets) { return make_folder(true) && build() && write_inputs(sets); }

  bool make_folder(bool to_run) {
    if (!toolchain_ready(*options_.target, to_run, diagnostics_)) return false;
    folder_ = TemporaryDirectory::create();
    if (!folder_) fail(Code::T0103, "no temporary folder can be made");
    return folder_.has_value();
  }

  bool build() {
    const Progress progress(fmt::format("building for {}", options_.target->name));
    const std::string& name = options_.name;
    const std::string runner = name + "_runner.cpp";
    if (!write(name + ".h", print_header(model_.emission)) || !write(name + ".cpp", print_source(model_.emission)) ||
        !write(runner, print_runner(model_.emission))) {
      return false;
    }
    BuildRequest request;
    request.sources = {path(name + ".cpp"), path(runner)};
    request.output = path("program.elf");
    request.stubs_dir = stubs_folder();
    request.optimisation = options_.optimisation;
    request.extra_flags = options_.compiler_flags;
    if (options_.red_zones && !add_red_zones(request)) return false;
    const ProcessOptions limits{.timeout_seconds = kBuildSeconds};
    const ProcessResult result = run_process(compile_command(*options_.target, request), limits);
    if (result.succeeded()) return true;
    fail(Code::T0702, failure_text(result, limits));
    return false;
  }

  bool add_red_zones(BuildRequest& request) {
    const std::string header = options_.name + "_zones.h";
    const std::string flags[] = {"-include", path(header), "-fsanitize=address"};
    request.extra_flags.insert(request.extra_flags.end(), std::begin(flags), std::end(flags));
    return write(header, print_zones(model_.emission));
  }

  bool write_inputs(std::span<const DataSet> sets) {
    for (size_t s = 0; s < sets.size(); ++s) {
      const std::string set = set_folder(s);
      fs::create_directories(path(set));
      for (size_t i = 0; i < sets[s].inputs.size(); ++i) {
        const ir::Tensor tensor = to_interface(sets[s].inputs[i], model_.interface.inputs[i]);
        if (!write(fmt::format("{}/input_{:02}.bin", set, i), bytes_of(tensor))) return false;
      }
    }
    const auto count = static_cast<uint32_t>(sets.size());
    char bytes[sizeof count];
    std::memcpy(bytes, &count, sizeof count);
    return write("sets.bin", {bytes, sizeof bytes});
  }

  bool execute() {
    const Progress progress(options_.target->toolchain == Toolchain::host ? "running" : "running in the emulator");
    const ProcessOptions limits{.working_directory = folder_->path(), .timeout_seconds = kRunSeconds};
    const ProcessResult result = run_process(run_command(*options_.target, path("program.elf")), limits);
    if (result.succeeded()) return true;
    fail(Code::T0703, failure_text(result, limits));
    return false;
  }

  std::optional<ir::Tensor> read_output(size_t set, size_t index) {
    const ir::Type type = data_outputs(model_.emission)[index].type;
    ir::Tensor tensor(type.element, type.shape);
    const auto bytes = read_file(path(fmt::format("{}/output_{:02}.bin", set_folder(set), index)), kLargestOutput);
    if (!bytes || bytes->size() != static_cast<size_t>(tensor.bytes())) {
      return fail(Code::T0703, "the program wrote no proper output"), std::nullopt;
    }
    std::memcpy(tensor.mutable_data(), bytes->data(), bytes->size());
    return from_interface(tensor, model_.interface.outputs[index]);
  }

  std::optional<RunResult> read_outputs(size_t sets) {
    RunResult result;
    for (size_t s = 0; s < sets; ++s) {
      std::vector<ir::Tensor> outputs;
      for (size_t i = 0; i < data_outputs(model_.emission).size(); ++i) {
        std::optional<ir::Tensor> tensor = read_output(s, i);
        if (!tensor) return std::nullopt;
        outputs.push_back(std::move(*tensor));
      }
      result.outputs.push_back(std::move(outputs));
      uint32_t stack = 0;
      const auto bytes = read_file(path(set_folder(s) + "/stack_00.bin"), sizeof stack);
      if (bytes && bytes->size() == sizeof stack) std::memcpy(&stack, bytes->data(), sizeof stack);
      result.stack_bytes = std::max(result.stack_bytes, stack);
    }
    return result;
  }

  const CompiledModel& model_;
  const Options& options_;
  Diagnostics& diagnostics_;
  std::optional<TemporaryDirectory> folder_;
};

}  // namespace

bool toolchain_ready(const Target& target, bool to_run, Diagnostics& diagnostics) {
  if (!can_build(target) || (to_run && !can_run(target))) {
    diagnostics.error(
        Code::T0701, {},
        fmt::format("programs for {} cannot be {} here", target.name, can_build(target) ? "run" : "built"),
        "compile for it, and build the result with its own tools");
    return false;
  }
  const std::vector<MissingTool> missing = missing_tools(target, to_run);
  for (const MissingTool& tool : missing) {
    diagnostics.error(Code::T0701, {}, tool.program + " is not installed", "apt-get install " + tool.package);
  }
  return missing.empty();
}

std::string compiler_version(const Target& target) {
  const std::string compiler = compiler_of(target);
  const ProcessResult answer = run_process({compiler, "-dumpfullversion"}, {.timeout_seconds = 20});
  std::string version = answer.succeeded() ? answer.output : "";
  while (!version.empty() && version.back() == '\n') version.pop_back();
  return compiler + " " + version;
}

std::string stubs_folder() {
  if (const char* given = std::getenv("TINYC_STUBS")) return given;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share" / "tinyc" / "runtime-stubs";
  if (!error && fs::exists(installed / "platform.h")) return installed.string();
  return TINYC_SOURCE_STUBS;
}

std::string counter_plugin() {
  if (const char* given = std::getenv("TINYC_COUNTER")) return given;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / TINYC_INSTALLED_COUNTER;
  if (!error && fs::exists(installed)) return installed.string();
  return TINYC_BUILT_COUNTER;
}

std::optional<CountedRun> build_and_count(const CompiledModel& model, const Options& options,
                                          std::span<const DataSet> sets, Diagnostics& diagnostics) {
  return Job(model, options, diagnostics).count(sets);
}

std::optional<std::string> build_program(const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  return Job(model, options, diagnostics).program();
}

std::optional<RunResult> build_and_run(const CompiledModel& model, const Options& options,
                                       std::span<const DataSet> sets, Diagnostics& diagnostics) {
  return Job(model, options, diagnostics).run(sets);
}

std::optional<RunResult> build_and_run_windows(const CompiledModel& model, const Options& options,
                                               std::span<const DataSet> windows, Diagnostics& diagnostics) {
  if (!model.streaming) return build_and_run(model, options, windows, diagnostics);
  std::vector<DataSet> sets;
  for (const DataSet& window : windows) {
    for (DataSet& call : calls_of(window, *model.streaming)) sets.push_back(std::move(call));
  }
  std::optional<RunResult> run = build_and_run(model, options, sets, diagnostics);
  if (!run) return std::nullopt;
  RunResult result{{}, run->stack_bytes};
  const size_t calls = sets.size() / std::max<size_t>(1, windows.size());
  for (size_t w = 0; w < windows.size(); ++w)
    result.outputs.push_back(joined_outputs(std::span(run->outputs).subspan(w * calls, calls), *model.streaming));
  return result;
}

}  // namespace tinyc
