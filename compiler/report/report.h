// SPDX-License-Identifier: Apache-2.0
// What a compiled model costs, as data. Printers: report_text, report_json (schema: docs/report-schema.md),
// report_html.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/emit/emission_plan.h"

namespace tinyc {

// A number and how it was obtained; no value: unknown, and `how` says what would tell it.
struct Figure {
  std::optional<int64_t> value;
  std::string how;
};

struct CycleFigures {
  std::optional<int64_t> nominal;
  std::optional<int64_t> low;
  std::optional<int64_t> high;
  std::string how;
};

struct LayerReport {
  std::string name;  // its function in the emitted source
  std::string op;
  std::vector<std::string> nodes;  // of the model
  std::string kernel;              // "armv7em_dsp/conv_q8"
  std::string variant;
  std::string why;
  std::string output;  // type
  int64_t macs = 0;
  int64_t weights_bytes = 0;
  int64_t scratch_bytes = 0;
  int64_t prefetch_bytes = 0;  // of its constants, copied to the workspace
  int64_t live_bytes = 0;  // in the workspace while it runs
  CycleFigures cycles;
  Figure instructions;
  Figure code_bytes;
};

struct BufferReport {
  std::string name;
  std::string kind;  // input, output, value, scratch, state
  int64_t offset = -1;
  int64_t bytes = 0;
  int64_t rows = 1;
  int64_t ring = 1;    // rows kept; = rows for a whole tensor
  int first_step = 0;  // -1: before the first
  int last_step = 0;
  bool external = false;
};

// An operator left in floats beside quantised integers.
struct FloatLayer {
  std::string name;  // of its result
  std::string op;
  std::vector<std::string> nodes;
  std::string reason;
};

// How a device runs a model.
struct DeviceUse {
  std::optional<double> per_second;  // inferences
  std::optional<double> battery_mah;
};

// Estimates from the nominal cycles, the board's clock and the currents of its data sheet. Other consumers on the board
// (sensor, radio, regulator) are not in them.
struct BoardReport {
  std::string name;
  double clock_mhz = 0;
  int64_t ram_bytes = 0;
  int64_t flash_bytes = 0;
  double slowdown = 1;  // board's cycles per modelled cycle
  std::string slowdown_basis;
  std::optional<double> milliseconds;
  std::optional<double> microjoules;  // of one inference, the core active
  std::optional<double> most_per_second;
  DeviceUse use;
  std::optional<double> duty;        // part of the time that the core is active at use.per_second
  std::optional<double> average_ma;  // asleep in between
  bool sleep_unknown = false;        // and counted as nothing
  std::optional<double> battery_days;
};

// What the emulator counted, priced with the core's table.
struct CountedWork {
  int64_t instructions = 0;
  int64_t cycles = 0, cycles_low = 0, cycles_high = 0;
};

struct Report {
  EmitOptions options;
  const Target* target = nullptr;
  const Board* hardware = nullptr;  // --board
  std::optional<BoardReport> board;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  int64_t macs = 0;
  Figure workspace_bytes;
  Figure state_bytes;
  Figure weights_bytes;
  Figure code_bytes;
  Figure flash_bytes;  // code, weights and other constants
  Figure stack_bytes;
  Figure instructions;
  CycleFigures cycles;
  int64_t transposes = 0;  // that the layout assignment could not avoid
  int64_t transpose_bytes = 0;
  std::vector<FloatLayer> float_layers;  // the maker of the report fills them in
  std::vector<LayerReport> layers;
  std::vector<BufferReport> buffers;
  RegionPlan memories;
  int64_t lower_bound = 0;
  int peak_step = 0;
  int steps = 0;
  std::string compiler;  // recommended
  std::vector<std::string> flags;
};

// Figures that need the target's compiler, and the emulator for the stack.
struct Measurement {
  std::optional<int64_t> code_bytes;
  std::optional<int64_t> constant_bytes;  // read-only data, weights included
  std::optional<int64_t> stack_bytes;     // high-water mark of a run
  std::optional<int64_t> stack_bound;     // from the compiler's frame sizes
  std::vector<int64_t> layer_code_bytes;  // per layer; empty = unknown
  std::optional<CountedWork> counted;     // one inference
  std::vector<CountedWork> layers_counted;
  bool analysed = false;     // followed, not run: `counted` and the stack
  std::string cycles_basis;  // of the core's table
  std::string compiler;      // "arm-none-eabi-g++ -O2"
  std::string run_on;        // "in QEMU (mps2-an386)"
};

Report make_report(const EmissionPlan& plan, const Board* board, const DeviceUse& use = {});
void add_measurement(Report& report, const Measurement& measurement);

// "5 cycles per 8 B, cache of 256 B", "no waits"
std::string waits_text(const MemoryRegion& region);

std::string report_text(const Report& report);
std::string report_json(const Report& report);
std::string report_html(const Report& report);

}  // namespace tinyc
