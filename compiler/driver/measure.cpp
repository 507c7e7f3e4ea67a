// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/measure.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "backends/toolchain.h"
#include "compiler/driver/progress.h"
#include "compiler/support/file.h"
#include "compiler/support/process.h"

namespace tinyc {
namespace {

constexpr double kBuildSeconds = 600;
constexpr uint64_t kLargestFrameFile = uint64_t{16} << 20;

std::string output_of(const std::vector<std::string>& command) {
  const ProcessResult result = run_process(command, {.timeout_seconds = 60});
  return result.succeeded() ? result.output : "";
}

// Lines of `size -A`: name, bytes, address.
void add_sections(const std::string& text, Measurement& measurement) {
  std::istringstream lines(text);
  int64_t code = 0, constants = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    int64_t bytes = 0;
    if (!(words >> name >> bytes)) continue;
    if (name.starts_with(".text")) code += bytes;
    if (name.starts_with(".rodata") || name.starts_with(".srodata") || name.starts_with(".data")) constants += bytes;
  }
  if (code == 0) return;
  measurement.code_bytes = code;
  measurement.constant_bytes = constants;
}

// Lines of `nm -S -C`: address, size, kind, name; a layer's function may have been split or cloned.
void add_layers(const std::string& text, const EmissionPlan& plan, Measurement& measurement) {
  measurement.layer_code_bytes.assign(plan.layers.size(), 0);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string address, size, kind;
    if (!(words >> address >> size >> kind) || (kind != "t" && kind != "T")) continue;
    for (size_t i = 0; i < plan.layers.size(); ++i) {
      const EmittedLayer& layer = plan.layers[i];
      const bool shared = layer.is_first && line.find("::" + layer.shared + "(") != std::string::npos;
      if (!shared && line.find("::" + layer.symbol + "(") == std::string::npos) continue;
      measurement.layer_code_bytes[i] += static_cast<int64_t>(std::strtoll(size.c_str(), nullptr, 16));
    }
  }
}

// Lines of a .su file: place:function, bytes, kind. One layer runs at a time, so only the largest of them counts, and
// the largest of the bodies that layers share; of everything else the sum is a bound, since nothing recurses.
void add_frames(const std::string& text, const EmissionPlan& plan, Measurement& measurement) {
  std::istringstream lines(text);
  int64_t layer_frame = 0, shared_frame = 0, others = 0;
  for (std::string line; std::getline(lines, line);) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const int64_t bytes = std::strtoll(line.c_str() + tab, nullptr, 10);
    bool is_layer = false, is_shared = false;
    for (const EmittedLayer& layer : plan.layers) {
      is_layer |= line.find(layer.symbol + "(") != std::string::npos;
      is_shared |= layer.is_first && line.find(layer.shared + "(") != std::string::npos;
    }
    if (is_layer) {
      layer_frame = std::max(layer_frame, bytes);
    } else if (is_shared) {
      shared_frame = std::max(shared_frame, bytes);
    } else {
      others += bytes;
    }
  }
  measurement.stack_bound = layer_frame + shared_frame + others;
}

}  // namespace

std::optional<Measurement> measure_object(const CompiledModel& model, const Options& options,
                                          Diagnostics& diagnostics) {
  const Target& target = *options.target;
  if (!toolchain_ready(target, false, diagnostics)) return std::nullopt;
  const auto folder = TemporaryDirectory::create();
  if (!folder) return diagnostics.error(Code::T0103, {}, "no temporary folder can be made"), std::nullopt;
  const auto path = [&](const std::string& suffix) { return (folder->path() / (options.name + suffix)).string(); };
  for (const auto& [suffix, text] :
       {std::pair{".h", print_header(model.emission)}, {".cpp", print_source(model.emission)}}) {
    if (const Status status = write_file(path(suffix), text); !status) {
      return diagnostics.error(Code::T0103, {}, status.message()), std::nullopt;
    }
  }
  BuildRequest request;
  request.sources = {path(".cpp")};
  request.output = path(".o");
  request.optimisation = options.optimisation;
  request.extra_flags = options.compiler_flags;
  const Progress progress("building for " + std::string(target.name));
  const ProcessOptions limits{.timeout_seconds = kBuildSeconds};
  const ProcessResult built = run_process(object_command(target, request), limits);
  if (!built.succeeded()) {
    diagnostics.error(Code::T0702, {}, describe_failure(built, limits) + "\n" + built.output);
    return std::nullopt;
  }
  Measurement measurement;
  measurement.compiler = compiler_of(target) + " " + options.optimisation;
  add_sections(output_of({binary_tool(target, "size"), "-A", path(".o")}), measurement);
  add_layers(output_of({binary_tool(target, "nm"), "-S", "-C", path(".o")}), model.emission, measurement);
  if (const auto frames = read_file(path(".su"), kLargestFrameFile)) add_frames(*frames, model.emission, measurement);
  return measurement;
}

CountedWork work_of(const Totals& totals) {
  const auto whole = [](double cycles) { return static_cast<int64_t>(std::llround(cycles)); };
  return {static_cast<int64_t>(totals.instructions), whole(totals.cycles.nominal), whole(totals.cycles.low),
          whole(totals.cycles.high)};
}

void add_counts(Measurement& measurement, const CompiledModel& model, const CountedProgram& counted,
                const Target& target) {
  const CoreCycles& core = *cycles_of(target);
  Totals all;
  for (size_t i = 0; i <= model.emission.layers.size(); ++i) {
    const Totals part = totals_of(counted.counts.accounts[i], counted.listing, core);
    all += part;
    if (i > 0) measurement.layers_counted.push_back(work_of(part));
  }
  measurement.counted = work_of(all);
  measurement.cycles_basis = core.basis;
}

void add_stack(Measurement& measurement, const RunResult& run, const Target& target) {
  if (run.stack_bytes == 0) return;
  measurement.stack_bytes = run.stack_bytes;
  measurement.run_on = std::string("in QEMU (") + target.emulator.machine + ")";
}

}  // namespace tinyc
