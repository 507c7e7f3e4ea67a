// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/build_and_run.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "backends/toolchain.h"
#include "compiler/support/file.h"
#include "compiler/support/process.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr double kBuildSeconds = 600;
constexpr double kRunSeconds = 900;
constexpr uint64_t kLargestOutput = uint64_t{1} << 31;

class Job {
 public:
  Job(const CompiledModel& model, const Options& options, Diagnostics& diagnostics)
      : model_(model), options_(options), diagnostics_(diagnostics) {}

  std::optional<RunResult> run(std::span<const DataSet> sets) {
    if (!tools_present()) return std::nullopt;
    folder_ = TemporaryDirectory::create();
    if (!folder_) return fail(Code::T0103, "no temporary folder can be made"), std::nullopt;
    if (!build() || !write_inputs(sets) || !execute()) return std::nullopt;
    return read_outputs(sets.size());
  }

 private:
  void fail(Code code, std::string message, std::string help = {}) {
    diagnostics_.error(code, {}, std::move(message), std::move(help));
  }
  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }

  bool tools_present() {
    const Target& target = *options_.target;
    if (!can_build(target) || !can_run(target))
      return fail(Code::T0701, fmt::format("programs for {} cannot be built and run here", target.name),
                  "compile for it, and build the result with its own tools"),
             false;
    const std::vector<MissingTool> missing = missing_tools(target);
    for (const MissingTool& tool : missing)
      fail(Code::T0701, tool.program + " is not installed", "apt-get install " + tool.package);
    return missing.empty();
  }

  bool write(const std::string& name, std::string_view bytes) {
    const Status status = write_file(path(name), bytes);
    if (!status) fail(Code::T0103, status.message());
    return status.ok();
  }

  bool build() {
    const std::string& name = options_.name;
    if (!write(name + ".h", print_header(model_.emission)) || !write(name + ".cpp", print_source(model_.emission)) ||
        !write(name + "_runner.cpp", print_runner(model_.emission)))
      return false;
    BuildRequest request;
    request.sources = {path(name + ".cpp"), path(name + "_runner.cpp")};
    request.output = path("program.elf");
    request.stubs_dir = stubs_folder();
    request.optimisation = options_.optimisation;
    request.extra_flags = options_.compiler_flags;
    const ProcessOptions limits{.timeout_seconds = kBuildSeconds};
    const ProcessResult result = run_process(compile_command(*options_.target, request), limits);
    if (result.succeeded()) return true;
    fail(Code::T0702, describe_failure(result, limits) + "\n" + result.output);
    return false;
  }

  bool write_inputs(std::span<const DataSet> sets) {
    for (size_t s = 0; s < sets.size(); ++s) {
      const std::string set = set_folder(s);
      fs::create_directories(path(set));
      for (size_t i = 0; i < sets[s].inputs.size(); ++i) {
        const ir::Tensor& tensor = sets[s].inputs[i];
        if (!write(fmt::format("{}/input_{:02}.bin", set, i),
                   {reinterpret_cast<const char*>(tensor.data()), static_cast<size_t>(tensor.bytes())}))
          return false;
      }
    }
    const auto count = static_cast<uint32_t>(sets.size());
    char bytes[sizeof count];
    std::memcpy(bytes, &count, sizeof count);
    return write("sets.bin", {bytes, sizeof bytes});
  }

  static std::string set_folder(size_t index) { return fmt::format("s{:05}", index); }

  bool execute() {
    const ProcessOptions limits{.working_directory = folder_->path(), .timeout_seconds = kRunSeconds};
    const ProcessResult result = run_process(run_command(*options_.target, path("program.elf")), limits);
    if (result.succeeded()) return true;
    fail(Code::T0703, describe_failure(result, limits) + (result.output.empty() ? "" : "\n" + result.output));
    return false;
  }

  std::optional<RunResult> read_outputs(size_t sets) {
    RunResult result;
    for (size_t s = 0; s < sets; ++s) {
      std::vector<ir::Tensor> outputs;
      for (size_t i = 0; i < model_.emission.outputs.size(); ++i) {
        const ir::Type& type = model_.emission.outputs[i].type;
        const auto bytes = read_file(path(fmt::format("{}/output_{:02}.bin", set_folder(s), i)), kLargestOutput);
        ir::Tensor tensor(type.element, type.shape);
        if (!bytes || bytes->size() != static_cast<size_t>(tensor.bytes()))
          return fail(Code::T0703, "the program wrote no proper output"), std::nullopt;
        std::memcpy(tensor.mutable_data(), bytes->data(), bytes->size());
        outputs.push_back(std::move(tensor));
      }
      result.outputs.push_back(std::move(outputs));
      uint32_t stack = 0;
      if (const auto bytes = read_file(path(set_folder(s) + "/stack_00.bin"), sizeof stack);
          bytes && bytes->size() == sizeof stack)
        std::memcpy(&stack, bytes->data(), sizeof stack);
      result.stack_bytes.push_back(stack);
    }
    return result;
  }

  const CompiledModel& model_;
  const Options& options_;
  Diagnostics& diagnostics_;
  std::optional<TemporaryDirectory> folder_;
};

}  // namespace

std::string stubs_folder() {
  if (const char* given = std::getenv("TINYC_STUBS")) return given;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share" / "tinyc" / "runtime-stubs";
  if (!error && fs::exists(installed / "platform.h")) return installed.string();
  return TINYC_SOURCE_STUBS;
}

std::optional<RunResult> build_and_run(const CompiledModel& model, const Options& options,
                                       std::span<const DataSet> sets, Diagnostics& diagnostics) {
  return Job(model, options, diagnostics).run(sets);
}

}  // namespace tinyc
