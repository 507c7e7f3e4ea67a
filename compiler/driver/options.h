// SPDX-License-Identifier: Apache-2.0
// What a command line asks for.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/emit/emission_plan.h"
#include "backends/emit/place_arrays.h"
#include "backends/schedule/flash_price.h"
#include "backends/schedule/plan_schedule.h"
#include "backends/schedule/prefetch.h"
#include "compiler/report/report.h"
#include "compiler/support/diagnostics.h"
#include "ir/rounding.h"
#include "passes/stream_model.h"

namespace tinyc {

struct TunedCosts;

enum class Command : uint8_t {
  compile,
  check,
  run,
  verify,
  accuracy,
  plan,
  bench,
  ir,
  print_ops,
  print_passes,
  print_targets,
  print_kernels,
  explain,
  explain_all,
  help,
  version
};
enum class IoLayout : uint8_t { onnx, rows };
enum class IoType : uint8_t { model, int8, real };

struct Options {
  Command command = Command::help;
  std::string model;         // path of the .onnx file
  std::string second_model;  // accuracy; empty if there is one model
  bool share_workspace = false;
  std::vector<std::string> further_models;  // --share-workspace
  const Target* target = nullptr;
  const Board* board = nullptr;
  std::vector<MemoryRegion> regions;  // of the board and of --region
  StackPlace stack;                   // --stack
  DeviceUse use;                      // --rate, --battery
  std::string output_dir = ".";
  std::string name;  // C prefix; from the file name if empty
  std::map<std::string, int64_t> dims;
  std::optional<int64_t> ram_bytes;
  std::optional<int64_t> flash_bytes;
  Prefetch prefetch = Prefetch::slow_flash;
  IoPlace io_place = IoPlace::workspace;
  IoLayout io_layout = IoLayout::onnx;
  IoType io_type = IoType::model;
  ir::Rounding rounding = ir::Rounding::nearest;
  bool keep_inputs = false;
  bool push_rows = false;
  std::optional<int64_t> stream_axis;                       // --stream
  std::vector<std::pair<std::string, std::string>> states;  // --state IN=OUT
  TimePadding stream_padding = TimePadding::refuse;
  RowPolicy rows = RowPolicy::automatic;
  std::optional<double> plan_seconds;  // --plan-time
  std::string picture;                 // plan: SVG file
  bool json = false;
  bool html = false;
  bool measure = false;
  bool check_numbers = false;
  bool time_passes = false;
  bool red_zones = false;                   // verify: layers may touch their rows only
  bool per_layer = false;                   // bench
  bool tune = false;                        // kernels are chosen by their machine code
  std::string tune_cache;                   // file; empty: NAME_tune.txt in the output folder (compile)
  std::shared_ptr<const TunedCosts> costs;  // what --tune found
  bool analyse = false;                     // --analyse, --report: machine code is followed, not run
  std::string function = "main";            // bench of a program
  std::string print_after;                  // pass, or "all"
  std::string stop_after;                   // pass
  std::string skip_pass;                    // accuracy: a pass that would take layers away that it compares
  Aim aim = Aim::balanced;                  // -O: what kernels are chosen for
  std::string optimisation = "-O2";         // of the target's compiler, in run, verify and --measure
  std::vector<std::string> compiler_flags;
  std::vector<std::string> golden_dirs;  // --golden
  std::vector<std::string> input_files;  // run
  std::vector<std::string> data_dirs;    // verify, accuracy
  std::optional<double> rtol;
  std::optional<double> atol;
  std::optional<int64_t> steps;
  std::string accept_file;
  std::string expect_prefix = "output";
  std::string topic;               // --explain, and the command that --help is about
  std::vector<std::string> given;  // the options that shape the output, with base names, for the emitted header
};

// Nothing after an error, which is in the diagnostics.
std::optional<Options> parse_options(const std::vector<std::string>& arguments, Diagnostics& diagnostics);

// A prefix of C identifiers made from a file's name.
std::string prefix_from(const std::string& text);

}  // namespace tinyc
