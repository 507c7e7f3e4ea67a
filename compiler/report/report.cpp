// SPDX-License-Identifier: Apache-2.0
#include "compiler/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/toolchain.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr const char* kCycleSource = "estimate: closed-form kernel costs, no wait states";
constexpr const char* kUnmeasured = "not measured (tinyc --measure builds with the target's compiler)";
// tests/bench/results/footprint.txt, last line; code alone.
constexpr const char* kTypical =
    "estimate: mean code of its kernels; of 126 builds half within 15 %, nine in ten within 48 %";
constexpr const char* kUncounted = "not counted";

CycleFigures estimated(double cycles) { return {static_cast<int64_t>(cycles), {}, {}, kCycleSource}; }

std::string kind_name(BufferKind kind) {
  switch (kind) {
    case BufferKind::value:
      return "value";
    case BufferKind::scratch:
      return "scratch";
    case BufferKind::state:
      return "state";
    case BufferKind::input:
      return "input";
    case BufferKind::output:
      return "output";
  }
  return "";
}

// Bytes of the workspace that hold something while a step runs; results in place of an operand count once.
int64_t live_bytes(const std::vector<BufferReport>& buffers, int step) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (const BufferReport& buffer : buffers) {
    const bool live = buffer.first_step <= step && step <= buffer.last_step;
    if (live && buffer.offset >= 0 && buffer.kind != "state")
      ranges.push_back({buffer.offset, buffer.offset + buffer.bytes});
  }
  std::sort(ranges.begin(), ranges.end());
  int64_t bytes = 0, end = 0;
  for (const auto& [first, last] : ranges) {
    bytes += std::max<int64_t>(0, last - std::max(first, end));
    end = std::max(end, last);
  }
  return bytes;
}

std::vector<BufferReport> buffers_of(const EmissionPlan& plan) {
  std::vector<BufferReport> reports;
  const Program& program = *plan.program;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.bytes() == 0) continue;
    reports.push_back({buffer.name, kind_name(buffer.kind), plan.plan.placements[i].offset, buffer.bytes(), buffer.rows,
                       buffer.ring, plan.live[i].first, plan.live[i].last, buffer.external});
  }
  return reports;
}

LayerReport layer_of(const EmissionPlan& plan, size_t index) {
  const EmittedLayer& layer = plan.layers[index];
  const Instance& instance = plan.program->instances[index];
  const KernelDef& kernel = *instance.kernel->def;
  LayerReport report;
  report.name = layer.symbol;
  report.op = instance.op->name();
  report.nodes = instance.op->origin;
  report.kernel = fmt::format("{}/{}", isa_name(kernel.isa), kernel.name);
  report.variant = instance.variant.name;
  report.why = instance.why;
  report.output = type_text(instance.op->result_type());
  report.macs = layer.macs;
  report.weights_bytes = layer.constant_bytes;
  report.scratch_bytes = instance.needs.scratch_bytes;
  if (instance.prefetch >= 0)
    report.prefetch_bytes = plan.program->buffers[static_cast<size_t>(instance.prefetch)].row_bytes;
  report.cycles = estimated(layer.cycles);
  report.instructions.how = kUncounted;
  report.code_bytes = {layer.code_bytes, kTypical};
  return report;
}

// Constants are exact, code is what the kernels have in other models.
void add_flash_estimate(Report& report) {
  int64_t code = 0;
  for (const LayerReport& layer : report.layers) code += *layer.code_bytes.value;
  report.code_bytes = {code, kTypical};
  report.flash_bytes = {code + *report.weights_bytes.value, std::string(kTypical) + ", and all constants"};
}

void add_layers(Report& report, const EmissionPlan& plan) {
  for (size_t i = 0; i < plan.layers.size(); ++i) report.layers.push_back(layer_of(plan, i));
  const std::vector<RowStep> steps = timeline(*plan.program);
  report.steps = static_cast<int>(steps.size());
  for (size_t t = 0; t < steps.size(); ++t) {
    int64_t& live = report.layers[static_cast<size_t>(steps[t].instance)].live_bytes;
    live = std::max(live, live_bytes(report.buffers, static_cast<int>(t)));
  }
  for (const Instance& instance : plan.program->instances) {
    if (!instance.op->is("transpose")) continue;
    ++report.transposes;
    report.transpose_bytes += instance.op->result_type().bytes();
  }
}

void add_use(BoardReport& report, const Board& board) {
  if (report.milliseconds && *report.milliseconds > 0) report.most_per_second = 1e3 / *report.milliseconds;
  if (!report.use.per_second || !report.milliseconds) return;
  report.duty = *report.use.per_second * *report.milliseconds * 1e-3;
  if (*report.duty > 1 || board.active_ma_per_mhz <= 0) return;
  report.sleep_unknown = board.sleep_ua <= 0;
  report.average_ma =
      board.active_ma_per_mhz * board.clock_mhz * *report.duty + board.sleep_ua * 1e-3 * (1 - *report.duty);
  if (report.use.battery_mah && *report.average_ma > 0)
    report.battery_days = *report.use.battery_mah / *report.average_ma / 24;
}

BoardReport board_of(const Board& board, const DeviceUse& use, double modelled_cycles) {
  BoardReport report;
  report.name = board.name;
  report.clock_mhz = board.clock_mhz;
  report.ram_bytes = static_cast<int64_t>(board.ram_bytes);
  report.flash_bytes = static_cast<int64_t>(board.flash_bytes);
  report.slowdown = board.slowdown;
  report.slowdown_basis = board.slowdown_basis;
  report.use = use;
  const double cycles = modelled_cycles * board.slowdown;
  if (board.clock_mhz > 0) report.milliseconds = cycles / (board.clock_mhz * 1e3);
  // Charge = mA per MHz times megacycles; energy = charge times voltage.
  if (board.active_ma_per_mhz > 0) report.microjoules = board.active_ma_per_mhz * cycles * 1e-3 * board.supply_volt;
  add_use(report, board);
  return report;
}

CycleFigures modelled(const CountedWork& work, const Measurement& measurement) {
  return {work.cycles, work.cycles_low, work.cycles_high,
          std::string("modelled: ") + (measurement.analysed ? "analysed" : "counted") + " instructions, " +
              measurement.cycles_basis};
}

void add_counts(Report& report, const Measurement& measurement) {
  const std::string how = measurement.analysed
                              ? "analysed: machine code followed without running it, " + measurement.compiler
                              : "exact: counted " + measurement.run_on + ", " + measurement.compiler;
  report.instructions = {measurement.counted->instructions, how};
  report.cycles = modelled(*measurement.counted, measurement);
  for (size_t i = 0; i < measurement.layers_counted.size() && i < report.layers.size(); ++i) {
    report.layers[i].instructions = {measurement.layers_counted[i].instructions, how};
    report.layers[i].cycles = modelled(measurement.layers_counted[i], measurement);
  }
  if (report.hardware)
    report.board = board_of(*report.hardware, report.board->use, static_cast<double>(measurement.counted->cycles));
}

}  // namespace

std::string waits_text(const MemoryRegion& region) {
  if (region.basis.empty()) return "waits not known";
  if (region.wait_cycles == 0) return "no waits";
  return fmt::format("waits {} cycles per {} B{}", shortest(region.wait_cycles), region.line_bytes,
                     region.cache_bytes > 0 ? fmt::format(", cache of {} B", with_commas(region.cache_bytes)) : "");
}

Report make_report(const EmissionPlan& plan, const Board* board, const DeviceUse& use) {
  Report report;
  report.options = plan.options;
  report.target = plan.target;
  report.inputs = plan.inputs;
  report.outputs = plan.outputs;
  report.macs = plan.macs;
  report.workspace_bytes = {plan.plan.workspace_bytes, "exact: planned and checked"};
  report.state_bytes = {plan.plan.state_bytes, "exact: planned and checked"};
  report.weights_bytes = {plan.constant_bytes, "exact: constant arrays of the layers"};
  report.stack_bytes.how = kUnmeasured;
  report.instructions.how = kUncounted;
  report.cycles = estimated(plan.cycles);
  report.buffers = buffers_of(plan);
  add_layers(report, plan);
  add_flash_estimate(report);
  report.memories = plan.memories;
  report.lower_bound = plan.plan.lower_bound;
  report.peak_step = plan.plan.peak_step;
  report.hardware = board;
  if (board) report.board = board_of(*board, use, plan.cycles);
  report.compiler = can_build(*plan.target) ? compiler_of(*plan.target) : "";
  report.flags = recommended_flags(*plan.target);
  return report;
}

void add_measurement(Report& report, const Measurement& measurement) {
  const std::string how = "measured: " + measurement.compiler;
  if (measurement.code_bytes) report.code_bytes = {measurement.code_bytes, how};
  if (measurement.code_bytes && measurement.constant_bytes) {
    report.flash_bytes = {*measurement.code_bytes + *measurement.constant_bytes, how + ", code and all constants"};
  }
  if (measurement.stack_bytes) {
    report.stack_bytes = {measurement.stack_bytes, measurement.analysed
                                                       ? "analysed: deepest stack pointer, " + measurement.compiler
                                                       : how + ", painted stack " + measurement.run_on};
  } else if (measurement.stack_bound) {
    report.stack_bytes = {measurement.stack_bound,
                          "bound: sum of " + measurement.compiler + "'s frame sizes, without the C library"};
  }
  for (size_t i = 0; i < measurement.layer_code_bytes.size() && i < report.layers.size(); ++i) {
    report.layers[i].code_bytes = {measurement.layer_code_bytes[i], how};
  }
  if (measurement.counted) add_counts(report, measurement);
}

}  // namespace tinyc
