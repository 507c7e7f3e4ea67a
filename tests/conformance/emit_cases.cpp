// SPDX-License-Identifier: Apache-2.0
// Runs cases in the layout of ONNX's backend tests as emitted code on this machine: many models in one executable.
//   emit_cases [--batch N] [--jobs N] [--optimisation -O1] [--keep DIR] [--table FILE] [--accept index.json] FOLDER...
// Prints a line per case that is refused or fails, and a summary; ends with 1 if any case failed. --table writes the
// second part of docs/conformance.md. A case refused by the
// importer is not counted here (interpret_cases says why); one that has no kernel or does not build is.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "backends/emit/emission_plan.h"
#include "backends/schedule/check_plan.h"
#include "backends/schedule/lower.h"
#include "backends/schedule/select_kernel.h"
#include "backends/toolchain.h"
#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/file.h"
#include "compiler/support/process.h"
#include "passes/runner.h"
#include "tests/conformance/backend_cases.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLargestConstants = int64_t{8} << 20;  // bytes; larger models belong to other tests

struct Settings {
  size_t batch = 24;
  unsigned jobs = 2;
  std::string optimisation = "-O1";
  std::string keep;  // folder for the sources
  std::string table;
  AcceptFile accept;
};

// Counts per class of cases, and the refused sets by reason.
struct Table {
  enum Column : uint8_t { agrees, not_imported, no_kernel, failed };
  std::map<std::string, std::array<int, 4>> counts;
  std::map<std::string, std::vector<std::string>> refused;

  std::string text() const {
    std::string text =
        "<!-- emit_cases --table: written by tests/conformance/emitted.sh -->\n# As emitted code\n\n"
        "The data sets of the same cases as C++, compiled with g++ -O1 and run on the host: kernels, memory plan and\n"
        "emission against ONNX's expectations. *Not imported*: refused above.\n\n"
        "| cases | agree | not imported | no kernel | failed |\n|---|---|---|---|---|\n";
    for (const auto& [kind, row] : counts)
      text += fmt::format("| {} | {} | {} | {} | {} |\n", kind, row[0], row[1], row[2], row[3]);
    if (!refused.empty()) text += "\n| no kernel: reason | cases |\n|---|---|\n";
    for (const auto& [reason, names] : refused) {
      std::string list;
      for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
      text += fmt::format("| {} | {} |\n", reason, list);
    }
    return text;
  }
};

// One data set of one case, compiled.
struct Emitted {
  std::string name;    // of the case
  std::string kind;    // class_of the model
  std::string symbol;  // C prefix
  std::string header, source, infer_call;
  std::vector<ir::Tensor> inputs;
  std::vector<ir::Tensor> expected;
  std::vector<ir::Type> results;
  Comparison comparison = Comparison::values;
};

int64_t aligned(int64_t bytes) { return (bytes + 15) / 16 * 16; }

// Compiles one set; nothing and a reason when it is refused after the import.
std::optional<Emitted> compile_set(ImportedSet set, std::string symbol, std::string& reason, bool& bug) {
  const Target& target = *find_target("host");
  Diagnostics diagnostics;
  PassContext context{&target, diagnostics, ir::Rounding::nearest, has_kernel_on(target)};
  run_passes(*set.graph, context, {});
  std::optional<Program> program;
  if (!diagnostics.has_errors()) program = lower_to_program(*set.graph, target, {false, false}, diagnostics);
  if (!program) {
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      if (reason.empty() && diagnostic.severity == Severity::error) reason = diagnostic.message;
      if (diagnostic.severity == Severity::error && !diagnostic.notes.empty()) reason += "; " + diagnostic.notes[0];
    }
    return std::nullopt;
  }
  const Plan plan = plan_memory(*program, {});
  if (const Status status = check_plan(*program, plan, {}); !status) {
    reason = "memory plan: " + status.message();
    bug = true;
    return std::nullopt;
  }
  EmitOptions options;
  options.name = symbol;
  const EmissionPlan emission = make_emission_plan(*set.graph, *program, plan, target, options);
  if (emission.constant_bytes > kLargestConstants) {
    reason = "too large for this test";
    return std::nullopt;
  }
  Emitted emitted{{}, {}, symbol, print_header(emission), print_source(emission), {}, {}, {}, {}};
  int64_t at = 0;
  std::string arguments;
  const auto add = [&](const Port& port) {
    arguments += fmt::format("reinterpret_cast<{}*>(io + {}), ", port.c_type, at);
    at += aligned(port.bytes);
  };
  for (const Port& port : emission.inputs) add(port);
  for (const Port& port : emission.outputs) {
    add(port);
    emitted.results.push_back({port.type.element, port.type.shape, std::nullopt});
  }
  emitted.infer_call = fmt::format("{}_infer({}workspace)", symbol, arguments);
  emitted.comparison = set.comparison;
  emitted.inputs = std::move(set.inputs);
  emitted.expected = std::move(set.expected);
  return emitted;
}

std::string_view bytes_of(const ir::Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data()), static_cast<size_t>(tensor.bytes())};
}

// The program of a batch: reads all inputs from one file, writes all outputs to another.
std::string batch_source(const std::vector<Emitted>& batch) {
  std::string text = "#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>\n";
  for (const Emitted& one : batch) text += fmt::format("#include \"{}.cpp\"\n", one.symbol);
  text +=
      "static FILE *from, *to;\n"
      "static void get(uint8_t* at, size_t n) { if (fread(at, 1, n, from) != n) abort(); }\n"
      "static void put(const uint8_t* at, size_t n) { if (fwrite(at, 1, n, to) != n) abort(); }\n";
  for (const Emitted& one : batch) {
    int64_t at = 0;
    std::string reads, writes;
    for (const ir::Tensor& input : one.inputs) {
      reads += fmt::format("  get(io + {}, {});\n", at, input.bytes());
      at += aligned(input.bytes());
    }
    for (const ir::Type& type : one.results) {
      const int64_t bytes = ir::Tensor(type.element, type.shape).bytes();
      writes += fmt::format("  put(io + {}, {});\n", at, bytes);
      at += aligned(bytes);
    }
    std::string macro = one.symbol;
    std::transform(macro.begin(), macro.end(), macro.begin(), [](unsigned char c) { return std::toupper(c); });
    text += fmt::format(
        "static void run_{0}() {{\n  alignas(16) static uint8_t io[{1}];\n"
        "  alignas({2}_WORKSPACE_ALIGN) static uint8_t workspace[{2}_WORKSPACE_BYTES > 0 ? {2}_WORKSPACE_BYTES : 1];\n"
        "{3}  if ({4} != {2}_OK) abort();\n{5}}}\n",
        one.symbol, std::max<int64_t>(at, 1), macro, reads, one.infer_call, writes);
  }
  text +=
      "int main() {\n  from = fopen(\"in.bin\", \"rb\");\n  to = fopen(\"out.bin\", \"wb\");\n"
      "  if (!from || !to) return 1;\n";
  for (const Emitted& one : batch) text += fmt::format("  run_{}();\n  fflush(to);\n", one.symbol);
  return text + "  return fclose(to);\n}\n";
}

class Run {
 public:
  explicit Run(const Settings& settings) : settings_(settings) {}

  // Compiles cases one after the other; batches are built and run by the workers.
  int run(const std::vector<std::string>& folders) {
    for (const std::string& root : folders) {
      for (const fs::path& folder : case_folders(root)) add_case(folder, fs::relative(folder, root).string());
    }
    if (!open_.empty()) batches_.push_back(std::move(open_));
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < settings_.jobs; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
    failed_ += failed_at_compile_;
    fmt::print("{} sets agree, {} have no kernel or are too large, {} FAILED; {} refused by the importer\n", passed_,
               refused_, failed_, not_imported_);
    if (!settings_.table.empty() && !write_file(settings_.table, table_.text())) return 2;
    return failed_ == 0 ? 0 : 1;
  }

 private:
  void add_case(const fs::path& folder, const std::string& name) {
    fmt::print(stderr, "{}\n", name);
    Diagnostics diagnostics;
    const auto model = read_onnx_model((folder / "model.onnx").string(), diagnostics);
    if (!model) {
      ++not_imported_;
      ++table_.counts["other"][Table::not_imported];
      return;
    }
    const std::string kind = class_of(*model, name);
    for (const fs::path& set : data_sets(folder)) {
      ImportedSet imported = import_set(*model, set);
      if (!imported.graph) {
        ++not_imported_;
        ++table_.counts[kind][Table::not_imported];
        continue;
      }
      std::string reason;
      bool bug = false;
      std::optional<Emitted> one = compile_set(std::move(imported), fmt::format("m{:04}", count_++), reason, bug);
      if (!one) {
        ++(bug ? failed_at_compile_ : refused_);
        fmt::print("{} {} {}\n", bug ? "FAIL    " : "refused ", name, reason);
        ++table_.counts[kind][bug ? Table::failed : Table::no_kernel];
        if (!bug) table_.refused[reason].push_back(name);
        continue;
      }
      one->name = name;
      one->kind = kind;
      open_.push_back(std::move(*one));
      if (open_.size() < settings_.batch) continue;
      batches_.push_back(std::move(open_));
      open_.clear();
    }
  }

  void work() {
    for (size_t at = next_++; at < batches_.size(); at = next_++) run_batch(batches_[at], at);
  }

  void run_batch(const std::vector<Emitted>& batch, size_t index) {
    auto temporary = TemporaryDirectory::create();
    if (!temporary) return fail_all(batch, "no temporary folder can be made");
    const fs::path folder =
        settings_.keep.empty() ? temporary->path() : fs::path(settings_.keep) / std::to_string(index);
    fs::create_directories(folder);
    std::string inputs;
    bool written = true;
    for (const Emitted& one : batch) {
      for (const ir::Tensor& input : one.inputs) inputs += bytes_of(input);
      written &= write_file((folder / (one.symbol + ".h")).string(), one.header).ok() &&
                 write_file((folder / (one.symbol + ".cpp")).string(), one.source).ok();
    }
    written &= write_file((folder / "in.bin").string(), inputs).ok() &&
               write_file((folder / "batch.cpp").string(), batch_source(batch)).ok();
    if (!written) return fail_all(batch, "the sources cannot be written");
    const ProcessResult built = run_process(
        {"g++", "-std=c++17", settings_.optimisation, "-fno-strict-aliasing", "-w", "-o", "batch", "batch.cpp"},
        {.working_directory = folder});
    if (!built.succeeded()) return halve(batch, index, "does not build: " + built.output.substr(0, 400));
    const ProcessResult ran = run_process({(folder / "batch").string()}, {.working_directory = folder});
    if (!ran.succeeded()) return halve(batch, index, "crashed: " + describe_failure(ran));
    const Result<std::string> outputs = read_file((folder / "out.bin").string(), uint64_t{1} << 31);
    if (!outputs) return fail_all(batch, "wrote nothing");
    check(batch, *outputs);
  }

  // Finds the case that does not build or crashes.
  void halve(const std::vector<Emitted>& batch, size_t index, const std::string& reason) {
    if (batch.size() == 1) return fail_all(batch, reason);
    const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    run_batch({batch.begin(), middle}, index);
    run_batch({middle, batch.end()}, index);
  }

  void check(const std::vector<Emitted>& batch, const std::string& bytes) {
    size_t at = 0;
    for (const Emitted& one : batch) {
      const auto accept = settings_.accept.find(std::filesystem::path(one.name).filename().string());
      std::string text;
      for (size_t i = 0; i < one.results.size(); ++i) {
        ir::Tensor value(one.results[i].element, one.results[i].shape);
        const auto size = static_cast<size_t>(value.bytes());
        if (at + size > bytes.size()) return fail_all({one}, "wrote too little");
        if (size != 0) std::memcpy(value.mutable_data(), bytes.data() + at, size);
        at += size;
        const std::string unequal =
            difference(value, one.expected[i], i < accept.size() ? accept[i] : Accept{}, one.comparison);
        if (text.empty() && !unequal.empty()) text = fmt::format("output {}: {}", i, unequal);
      }
      if (!text.empty()) fail_all({one}, text);
      if (!text.empty()) continue;
      ++passed_;
      const std::lock_guard<std::mutex> lock(printing_);
      ++table_.counts[one.kind][Table::agrees];
    }
  }

  void fail_all(const std::vector<Emitted>& batch, const std::string& reason) {
    const std::lock_guard<std::mutex> lock(printing_);
    for (const Emitted& one : batch) {
      fmt::print("FAIL     {} {}: {}\n", one.name, one.symbol, reason);
      ++table_.counts[one.kind][Table::failed];
    }
    failed_ += static_cast<int>(batch.size());
  }

  const Settings& settings_;
  std::vector<Emitted> open_;
  std::vector<std::vector<Emitted>> batches_;
  std::atomic<size_t> next_{0};
  std::atomic<int> passed_{0}, failed_{0};
  int refused_ = 0, failed_at_compile_ = 0, not_imported_ = 0, count_ = 0;
  Table table_;
  std::mutex printing_;  // and for the table
};

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) {
  tinyc::Settings settings;
  std::vector<std::string> folders;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool more = i + 1 < argc;
    if (argument == "--batch" && more) {
      settings.batch = std::max<size_t>(1, std::stoul(argv[++i]));
    } else if (argument == "--jobs" && more) {
      settings.jobs = static_cast<unsigned>(std::max<unsigned long>(1, std::stoul(argv[++i])));
    } else if (argument == "--optimisation" && more) {
      settings.optimisation = argv[++i];
    } else if (argument == "--keep" && more) {
      settings.keep = argv[++i];
    } else if (argument == "--table" && more) {
      settings.table = argv[++i];
    } else if (argument == "--accept" && more) {
      settings.accept = tinyc::AcceptFile(argv[++i]);
    } else {
      folders.push_back(argument);
    }
  }
  if (folders.empty()) {
    fmt::print(stderr,
               "usage: emit_cases [--batch N] [--jobs N] [--optimisation -O1] [--keep DIR] [--table FILE] [--accept "
               "index.json] FOLDER...\n");
    return 2;
  }
  return tinyc::Run(settings).run(folders);
}
