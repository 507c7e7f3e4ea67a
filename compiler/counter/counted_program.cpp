// SPDX-License-Identifier: Apache-2.0
#include "compiler/counter/counted_program.h"

#include <fmt/format.h>

#include <filesystem>

#include "backends/toolchain.h"
#include "compiler/support/file.h"
#include "compiler/support/process.h"

namespace tinyc {
namespace {

constexpr uint64_t kLargestProgram = uint64_t{256} << 20;
constexpr uint64_t kLargestResult = uint64_t{512} << 20;
constexpr size_t kLargestListing = size_t{512} << 20;

bool is_riscv(const ElfFile& file) { return file.machine == ElfFile::Machine::riscv; }

class Run {
 public:
  Run(const CountRequest& request, Diagnostics& diagnostics) : request_(request), diagnostics_(diagnostics) {}

  std::optional<CountedProgram> run() {
    if (!read_program() || !disassemble() || !execute()) return std::nullopt;
    return std::move(result_);
  }

  bool read_only() { return read_program(); }

 private:
  bool fail(Code code, const std::string& message) {
    diagnostics_.error(code, {.file = std::filesystem::path(request_.program).filename().string()}, message);
    return false;
  }

  bool read_program() {
    const auto bytes = read_file(request_.program, kLargestProgram);
    if (!bytes) return fail(Code::T0706, bytes.message());
    auto file = read_elf(*bytes);
    if (!file) return fail(Code::T0706, file.message());
    result_.file = file.take();
    result_.file.sections.clear();  // the bytes go
    if (const Status status = fits_core(result_.file, *request_.target); !status)
      return fail(Code::T0706, status.message());
    if (!result_.file.named(request_.function))
      return fail(Code::T0706, fmt::format("has no function '{}'", request_.function));
    return true;
  }

  // Objdump before 2.41 decodes vector instructions only when the architecture is named.
  bool disassemble() {
    std::vector<std::string> command = {binary_tool(*request_.target, "objdump"), "-d", "--wide"};
    if (!is_riscv(result_.file)) {
      for (const Isa isa : request_.target->isa) {
        if (isa == Isa::armv81m_mve) command.push_back("-marmv8.1-m.main");
      }
    }
    command.push_back(request_.program);
    const ProcessResult listed = run_process(command, {.timeout_seconds = 120, .output_limit = kLargestListing});
    if (!listed.succeeded() || listed.output_truncated)
      return fail(Code::T0706, "cannot be disassembled: " + describe_failure(listed));
    result_.listing = read_listing(listed.output, result_.file.machine);
    return true;
  }

  uint32_t address_of(const std::string& watched) const {
    const ElfFunction* function = result_.file.unnamed(watched);
    return function ? function->address : 1;  // no instruction lies at 1
  }

  std::string plugin_option(const std::string& output) const {
    const ElfFile& file = result_.file;
    std::string option = fmt::format("{},out={},isa={},begin={},ram_low={},ram_high={}", request_.plugin, output,
                                     is_riscv(file) ? "riscv" : "thumb", file.named(request_.function)->address,
                                     file.ram_low, file.ram_high);
    for (const std::string& watched : request_.watched) option += fmt::format(",watch={}", address_of(watched));
    return option;
  }

  bool execute() {
    const std::string name = "counts.txt";
    std::vector<std::string> command = run_command(*request_.target, request_.program);
    command.insert(command.end(), {"-plugin", plugin_option(name)});
    const ProcessOptions limits{.working_directory = request_.folder, .timeout_seconds = request_.seconds};
    const ProcessResult ran = run_process(command, limits);
    if (!ran.succeeded()) return fail(Code::T0703, describe_failure(ran, limits) + "\n" + ran.output);
    const auto text = read_file((std::filesystem::path(request_.folder) / name).string(), kLargestResult);
    if (!text) return fail(Code::T0703, fmt::format("'{}' was never called", request_.function));
    auto counts = read_counts(*text, request_.watched.size());
    if (!counts) return fail(Code::T0703, counts.message());
    result_.counts = counts.take();
    return true;
  }

  const CountRequest& request_;
  Diagnostics& diagnostics_;
  CountedProgram result_;
};

}  // namespace

bool counter_ready(const Target& target, const std::string& plugin, Diagnostics& diagnostics) {
  if (target.toolchain == Toolchain::host || !cycles_of(target)) {
    diagnostics.error(Code::T0701, {}, fmt::format("there is no cycle table for {}", target.name),
                      "choose a Cortex-M or RISC-V core");
    return false;
  }
  if (!std::filesystem::exists(plugin)) {
    diagnostics.error(Code::T0701, {}, fmt::format("{} is missing", std::filesystem::path(plugin).filename().string()),
                      "it is built and installed with tinyc; TINYC_COUNTER names it elsewhere");
    return false;
  }
  return true;
}

bool program_ready(const CountRequest& request, Diagnostics& diagnostics) {
  return Run(request, diagnostics).read_only();
}

std::optional<CountedProgram> run_counted(const CountRequest& request, Diagnostics& diagnostics) {
  return Run(request, diagnostics).run();
}

}  // namespace tinyc
