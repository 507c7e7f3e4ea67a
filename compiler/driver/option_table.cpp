// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "backends/emit/names.h"
#include "compiler/driver/region_option.h"
#include "passes/pass.h"

namespace tinyc {
namespace {

std::optional<int64_t> integer(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string take_size(std::optional<int64_t>& to, const std::string& value) {
  to = size_from(value);
  return to ? "" : fmt::format("'{}' is not a size: a positive number with an optional K or M", value);
}

std::string take_tolerance(std::optional<double>& to, const std::string& value) {
  double number = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool read = error == std::errc() && end == value.data() + value.size();
  if (!read || !(number >= 0) || !std::isfinite(number)) return "'" + value + "' is not a tolerance";
  to = number;
  return "";
}

std::string take_positive(std::optional<double>& to, const std::string& value) {
  const std::string problem = take_tolerance(to, value);
  return problem.empty() && *to > 0 && *to < 1e9 ? "" : "'" + value + "' is not a positive number";
}

std::string take_plan_time(Options& options, const std::string& value) {
  constexpr double kMost = 3600;
  const std::string problem = take_positive(options.plan_seconds, value);
  return problem.empty() && *options.plan_seconds <= kMost
             ? ""
             : "'" + value + "' is not a number of seconds above 0, at most 3600";
}

template <class T>
std::string take_word(T& to, const std::string& value, const std::map<std::string, T>& words) {
  const auto found = words.find(value);
  if (found != words.end()) return to = found->second, "";
  std::string list;
  for (const auto& [word, meaning] : words) list += (list.empty() ? "" : ", ") + word;
  return "'" + value + "' is not one of " + list;
}

std::string take_name(Options& options, const std::string& value) {
  options.name = value;
  return is_c_identifier(value) ? "" : "'" + value + "' is not a C identifier";
}

std::string take_dim(Options& options, const std::string& value) {
  const size_t equals = value.rfind('=');
  const auto number = equals == std::string::npos ? std::nullopt : integer(value.substr(equals + 1));
  if (!number || equals == 0 || *number < 1 || *number > 2147483647) {
    return "'" + value + "' is not NAME=N with N from 1 to 2147483647";
  }
  options.dims[value.substr(0, equals)] = *number;
  return "";
}

std::string take_stream_axis(Options& options, const std::string& value) {
  options.stream_axis = integer(value);
  const bool good = options.stream_axis && *options.stream_axis >= -64 && *options.stream_axis < 64;
  return good ? "" : "'" + value + "' is not an axis";
}

std::string take_state(Options& options, const std::string& value) {
  const size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == value.size())
    return "'" + value + "' is not IN=OUT, an input and an output of the model";
  options.states.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return "";
}

std::string take_steps(Options& options, const std::string& value) {
  options.steps = integer(value);
  return options.steps.value_or(-1) >= 0 ? "" : "'" + value + "' is not a number of at least 0";
}

std::string take_pass(std::string& to, const std::string& value, bool all_too) {
  to = value;
  std::replace(to.begin(), to.end(), '-', '_');
  if ((all_too && value == "all") || find_pass(to)) return "";
  return "there is no pass '" + value + "' (tinyc --print-passes)";
}

// What kernels are chosen for, or the level of the target's compiler.
std::string take_level(Options& options, const std::string& value) {
  if (value == "size") return options.aim = Aim::size, "";
  if (value == "balanced") return options.aim = Aim::balanced, "";
  if (value == "speed") return options.aim = Aim::speed, "";
  options.optimisation = "-O" + value;
  const bool known = value.size() == 1 && std::string_view("0123s").find(value) != std::string_view::npos;
  return known ? "" : "'" + value + "' is not size, balanced or speed, nor 0, 1, 2, 3 or s";
}

using G = OptionGroup;
using O = Options;
using S = const std::string;

// The targets and boards are looked up by the parser, which has a code of its own for unknown ones.
constexpr OptionRow kOptions[] = {
    {"--target", "", "T", G::target, kOnModels, true, false, "core to generate for (tinyc --print-targets)",
     [](O& o, S& v) { return o.target = find_target(v), std::string(); }},
    {"--board", "", "B", G::target, kOnModels, true, false, "board: gives target, --ram and --flash",
     [](O& o, S& v) { return o.board = find_board(v), std::string(); }},
    {"--rate", "", "N", G::target, kOnCompiled, true, false, "inferences a second, for the report (needs --board)",
     [](O& o, S& v) { return take_positive(o.use.per_second, v); }},
    {"--battery", "", "MAH", G::target, kOnCompiled, true, false,
     "battery, for the report: days at --rate (needs --board)",
     [](O& o, S& v) { return take_positive(o.use.battery_mah, v); }},
    {"--region", "", "NAME=KIND@ADDRESS+SIZE[,wait=N]", G::target, kOnCompiled, true, false,
     "a memory (ram or flash) beside the board's, in which arrays may lie; N: extra cycles per word read (repeat)",
     take_region},
    {"--stack", "", "SIZE[@REGION]", G::target, kOnCompiled, true, false,
     "what your program's stack takes of a region (default: the first RAM)", take_stack},
    {"--prefetch", "", "WAY", G::target, kOnCompiled, true, false,
     "auto (default): constants of layers that wait less then are copied from slow flash to free RAM, once per "
     "inference; all: of every layer; off",
     [](O& o, S& v) {
       return take_word(o.prefetch, v,
                        {{"auto", Prefetch::slow_flash}, {"all", Prefetch::all}, {"off", Prefetch::off}});
     }},
    {"--ram", "", "SIZE", G::target, kOnCompiled, true, false, "budget for workspace and state, e.g. 64K",
     [](O& o, S& v) { return take_size(o.ram_bytes, v); }},
    {"--flash", "", "SIZE", G::target, kOnCompiled, true, false,
     "budget for weights and code: smaller kernels are chosen until they fit",
     [](O& o, S& v) { return take_size(o.flash_bytes, v); }},
    {"--dim", "", "NAME=N", G::model, kOnModels, true, false,
     "size of a dimension, by its name or as INPUT.AXIS (repeat)", take_dim},
    {"--io-place", "", "PLACE", G::model, kOnCompiled, true, false,
     "workspace (default): inputs and outputs live in it; caller: in the caller's memory",
     [](O& o, S& v) {
       return take_word(o.io_place, v, {{"workspace", IoPlace::workspace}, {"caller", IoPlace::caller}});
     }},
    {"--io-layout", "", "LAYOUT", G::model, kOnModels, true, false,
     "onnx (default): as the model says; rows: channels last, no conversion",
     [](O& o, S& v) {
       return take_word(o.io_layout, v, {{"onnx", IoLayout::onnx}, {"rows", IoLayout::rows}});
     }},
    {"--io-type", "", "TYPE", G::model, kOnModels, true, false,
     "model (default); int8: the quantised integers; float: real numbers",
     [](O& o, S& v) {
       return take_word(o.io_type, v, {{"model", IoType::model}, {"int8", IoType::int8}, {"float", IoType::real}});
     }},
    {"--rounding", "", "WAY", G::model, kOnModels, true, false,
     "of integers: nearest (default); tflite, tflite-single: bit for bit as TensorFlow Lite's kernels",
     [](O& o, S& v) {
       return take_word(o.rounding, v,
                        {{"nearest", ir::Rounding::nearest},
                         {"tflite", ir::Rounding::tflite},
                         {"tflite-single", ir::Rounding::tflite_single}});
     }},
    {"--keep-inputs", "", "", G::model, kOnCompiled, true, false, "inputs are still there after the inference",
     [](O& o, S&) { return o.keep_inputs = true, std::string(); }},
    {"--state", "", "IN=OUT", G::model, kOnModels, true, false,
     "an input that takes what an output gave in the call before: kept in the state (repeat)", take_state},
    {"--stream", "", "AXIS", G::model, kOnModels, true, false,
     "axis of time in the input: the model takes the next frames per call and keeps state", take_stream_axis},
    {"--stream-pad", "", "WAY", G::model, kOnModels, true, false,
     "refuse (default): no padding along time; sequence: padding before the sequence, and recurrent state over all of "
     "it",
     [](O& o, S& v) {
       return take_word(o.stream_padding, v, {{"refuse", TimePadding::refuse}, {"sequence", TimePadding::sequence}});
     }},
    {"--push-rows", "", "", G::model, kOnCompiled, true, false,
     "the caller pushes the input row by row (NAME_begin, NAME_push_row); it is never kept as a whole",
     [](O& o, S&) { return o.push_rows = true, std::string(); }},
    {"--rows", "", "POLICY", G::model, kOnCompiled, true, false,
     "auto (default): layers interleave their rows where that saves RAM for at most 3 % of the cycles, or as --ram "
     "needs; "
     "layers: layer by layer; smallest: least RAM",
     [](O& o, S& v) {
       return take_word(
           o.rows, v,
           {{"auto", RowPolicy::automatic}, {"layers", RowPolicy::layers}, {"smallest", RowPolicy::smallest}});
     }},
    {"--plan-time", "", "SECONDS", G::model, kOnCompiled, true, false,
     "how long plans are searched (default 1; counted in steps, so that results do not depend on the machine)",
     [](O& o, S& v) { return take_plan_time(o, v); }},
    {"--picture", "", "FILE", G::output, only(Command::plan), false, false, "draw RAM against cycles, as SVG",
     [](O& o, S& v) { return o.picture = v, std::string(); }},
    {"--share-workspace", "", "", G::model, only(Command::compile) | only(Command::check), false, false,
     "several models ([NAME=]MODEL.onnx ...) that run one after the other in one workspace, declared in NAME.h",
     [](O& o, S&) { return o.share_workspace = true, std::string(); }},
    {"--output", "-o", "DIR", G::output, kOnCompiled, false, false, "output folder (default: .)",
     [](O& o, S& v) { return o.output_dir = v, std::string(); }},
    {"--name", "", "NAME", G::output, kOnCompiled, true, false,
     "prefix of everything that is emitted (default: from the file name)", take_name},
    {"--golden", "", "DIR", G::output, kOnCompiled, false, true,
     "data sets for NAME_test.cpp: folders with input_N.pb and output_N.pb",
     [](O& o, S& v) { return o.golden_dirs.push_back(v), std::string(); }},
    {"--html", "", "", G::output, kOnCompiled, false, false,
     "write NAME_report.html too (accuracy: NAME_accuracy.html)",
     [](O& o, S&) { return o.html = true, std::string(); }},
    {"--measure", "", "", G::output, kOnCompiled, false, false,
     "build with the target's compiler and report measured sizes",
     [](O& o, S&) { return o.measure = true, std::string(); }},
    {"--report", "", "", G::output, only(Command::compile), false, false,
     "as --measure, but the machine code is followed instead of run: instructions, cycles, exact stack",
     [](O& o, S&) { return o.measure = o.analyse = true, std::string(); }},
    {"--json", "", "", G::output, kOnAll, false, false, "machine-readable output",
     [](O& o, S&) { return o.json = true, std::string(); }},
    {"--input", "", "FILE", G::data, only(Command::run), false, true,
     "input as TensorProto; by name, else in the order of the model's inputs",
     [](O& o, S& v) { return o.input_files.push_back(v), std::string(); }},
    {"--data", "", "DIR", G::data, only(Command::verify) | only(Command::accuracy) | only(Command::bench), false, true,
     "a data set, or a folder of test_data_set_K", [](O& o, S& v) { return o.data_dirs.push_back(v), std::string(); }},
    {"--red-zones", "", "", G::data, only(Command::verify), false, false,
     "on the host, with AddressSanitizer: no layer may touch a byte of the workspace that is not its own at that time",
     [](O& o, S&) { return o.red_zones = true, std::string(); }},
    {"--per-layer", "", "", G::data, only(Command::bench), false, false, "figures of every layer and function",
     [](O& o, S&) { return o.per_layer = true, std::string(); }},
    {"--analyse", "", "", G::data, only(Command::bench), false, false,
     "follow the machine code on known values instead of running it (needs no emulator)",
     [](O& o, S&) { return o.analyse = true, std::string(); }},
    {"--function", "", "NAME", G::data, only(Command::bench), false, false,
     "of an ELF program: count its first call (default: main)",
     [](O& o, S& v) { return o.function = v, std::string(); }},
    {"--expect", "", "PREFIX", G::comparison, kOnCompiled, false, false,
     "expected outputs are PREFIX_N.pb (default: output)",
     [](O& o, S& v) { return o.expect_prefix = v, std::string(); }},
    {"--rtol", "", "R", G::comparison, kOnCompiled, false, false, "relative tolerance of floats (default 1e-3)",
     [](O& o, S& v) { return take_tolerance(o.rtol, v); }},
    {"--atol", "", "A", G::comparison, kOnCompiled, false, false, "absolute tolerance of floats (default 1e-7)",
     [](O& o, S& v) { return take_tolerance(o.atol, v); }},
    {"--steps", "", "N", G::comparison, kOnCompiled, false, false, "tolerance of integers (default 0)", take_steps},
    {"--accept", "", "FILE", G::comparison, kOnCompiled, false, false,
     "index.json with tolerances per model and output, found by folder or file name of the model",
     [](O& o, S& v) { return o.accept_file = v, std::string(); }},
    {"-O", "", "LEVEL", G::build, kOnCompiled, true, false,
     "kernels for size, balanced (default) or speed; 0, 1, 2 (default), 3, s: the compiler's level", take_level},
    {"--tune", "", "", G::build, kOnCompiled & ~only(Command::accuracy) & ~only(Command::plan), true, false,
     "choose kernels by their machine code: those that can compute a layer are built and followed",
     [](O& o, S&) { return o.tune = true, std::string(); }},
    {"--tune-cache", "", "FILE", G::build, kOnCompiled & ~only(Command::accuracy) & ~only(Command::plan), false, false,
     "what --tune found, read and written (default: NAME_tune.txt in the output folder)",
     [](O& o, S& v) { return o.tune = true, o.tune_cache = v, std::string(); }},
    {"--cflag", "", "FLAG", G::build, kOnCompiled, false, false, "further compiler flag (repeat)",
     [](O& o, S& v) { return o.compiler_flags.push_back(v), std::string(); }},
    {"--after", "", "PASS", G::passes, only(Command::ir), false, false,
     "stop after a pass (\"import\": before the first)",
     [](O& o, S& v) { return v == "import" ? (o.stop_after = v, std::string()) : take_pass(o.stop_after, v, false); }},
    {"--print-after", "", "PASS", G::passes, kOnModels, false, false, "print the graph after a pass (or all)",
     [](O& o, S& v) { return take_pass(o.print_after, v, true); }},
    {"--check-numbers", "", "", G::passes, kOnModels, false, false, "interpret the graph before and after every pass",
     [](O& o, S&) { return o.check_numbers = true, std::string(); }},
    {"--time-passes", "", "", G::passes, kOnModels, false, false, "print the time of every pass",
     [](O& o, S&) { return o.time_passes = true, std::string(); }},
};

}  // namespace

std::string_view option_group_title(OptionGroup group) {
  switch (group) {
    case G::target:
      return "Target and budgets";
    case G::model:
      return "Model and interface";
    case G::output:
      return "Output";
    case G::data:
      return "Data";
    case G::comparison:
      return "Comparison (verify, and the golden test)";
    case G::build:
      return "The target's compiler (run, verify, --measure)";
    case G::passes:
      return "Passes";
  }
  return "";
}

std::span<const OptionRow> option_table() { return kOptions; }

const OptionRow* find_option(std::string_view name) {
  for (const OptionRow& row : kOptions) {
    if (row.name == name || (!row.short_name.empty() && row.short_name == name)) return &row;
  }
  return nullptr;
}

}  // namespace tinyc
