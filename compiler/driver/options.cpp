// SPDX-License-Identifier: Apache-2.0
// Reads a command line by the rows of option_table.cpp.
#include "compiler/driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "backends/emit/names.h"
#include "compiler/driver/option_table.h"
#include "compiler/driver/region_option.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

bool is_option(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

class Parser {
 public:
  Parser(const std::vector<std::string>& arguments, Diagnostics& diagnostics)
      : arguments_(arguments), diagnostics_(diagnostics) {}

  std::optional<Options> run() {
    while (at_ < arguments_.size() && !diagnostics_.has_errors()) next();
    if (!command_ && !arguments_.empty() && !diagnostics_.has_errors()) fail("no model given");
    if (!diagnostics_.has_errors() && options_.command <= Command::ir) finish();
    if (diagnostics_.has_errors()) return std::nullopt;
    return std::move(options_);
  }

 private:
  void fail(std::string message, std::string help = "tinyc --help") {
    diagnostics_.error(Code::T0101, {}, std::move(message), std::move(help));
  }

  void next() {
    const std::string word = arguments_[at_++];
    if (word.empty()) return fail("empty argument");
    const CommandRow* command = find_command(word);
    if (is_option(word)) {
      if (command && command->command > Command::ir) return set_command(*command);
      return option(word);
    }
    if (command && !command_ && options_.model.empty()) return set_command(*command);
    if (options_.model.empty()) {
      options_.model = word;
    } else if (options_.command == Command::accuracy && options_.second_model.empty()) {
      options_.second_model = word;
    } else {
      options_.further_models.push_back(word);
    }
    if (!command_) set_command(command_row(Command::compile));
  }

  // `tinyc verify --help` is help about verify.
  void set_command(const CommandRow& row) {
    if (row.command == Command::help && command_) options_.topic = command_->name;
    if (command_ && row.command != Command::help) return fail(fmt::format("both {} and {}", command_->name, row.name));
    command_ = &row;
    options_.command = row.command;
    if (row.command != Command::explain) return;
    if (at_ == arguments_.size()) return fail("--explain needs a code", "tinyc --explain T0201");
    options_.topic = arguments_[at_++];
  }

  void option(const std::string& word) {
    std::string name = word;
    std::optional<std::string> attached;  // --name=kws, -O2
    if (const size_t equals = word.find('='); word.starts_with("--") && equals != std::string::npos) {
      name = word.substr(0, equals);
      attached = word.substr(equals + 1);
    } else if (word.starts_with("-O") && word.size() > 2) {
      name = "-O";
      attached = word.substr(2);
    }
    const OptionRow* row = find_option(name);
    if (!row) return fail("unknown option " + name);
    used_.push_back(row);
    if (row->value.empty()) return attached ? fail(name + " takes no value") : take(*row, "");
    if (!attached && at_ == arguments_.size()) return fail(name + " needs a value");
    take(*row, attached ? *attached : arguments_[at_++]);
    // "--data A B" takes both words only when the model was named before: "--data A model.onnx" names one folder.
    while (row->many && !attached && at_ < arguments_.size() && !is_option(arguments_[at_]) &&
           !options_.model.empty() && !arguments_[at_].ends_with(".onnx")) {
      take(*row, arguments_[at_++]);
    }
  }

  void take(const OptionRow& row, const std::string& value) {
    if (const std::string problem = row.take(options_, value); !problem.empty()) {
      return fail(fmt::format("{}: {}", row.name, problem));
    }
    if (row.name == "--target" && !options_.target) return unknown("target", value);
    if (row.name == "--board" && !options_.board) return unknown("board", value);
    if (row.shapes_code) options_.given.push_back(std::string(row.name) + (value.empty() ? "" : " " + value));
  }

  void unknown(std::string_view what, const std::string& name) {
    diagnostics_.error(Code::T0104, {}, fmt::format("there is no {} '{}'", what, name), "tinyc --print-targets");
  }

  // Defaults that follow from other options, and rules about combinations.
  void finish() {
    const CommandRow& command = command_row(options_.command);
    for (const OptionRow* row : used_) {
      if (row->commands & only(options_.command)) continue;
      fail(fmt::format("{} is no option of {}", row->name, command.name), fmt::format("tinyc {} --help", command.name));
    }
    if (options_.model.empty()) return fail("no model given");
    check_models();
    apply_board();
    check_regions();
    check_use();
    check_push_rows();
    check_stream();
    const bool runs_here = options_.command == Command::ir || options_.command == Command::accuracy;
    if (!options_.target && runs_here) options_.target = find_target("host");
    if (!options_.target && !diagnostics_.has_errors()) {
      return fail("no target given", "--target cortex-m4, or another of tinyc --print-targets");
    }
    if (options_.red_zones && options_.target != find_target("host")) fail("--red-zones needs --target host");
    if (options_.name.empty()) options_.name = default_name();
    const bool wants_data = options_.command == Command::verify || options_.command == Command::accuracy;
    if (wants_data && options_.data_dirs.empty()) fail(fmt::format("{} needs --data DIR", command.name));
    options_.given.insert(options_.given.begin(), fs::path(options_.model).filename().string());
  }

  void check_models() {
    const std::vector<std::string>& further = options_.further_models;
    if (options_.share_workspace) {
      if (further.empty()) fail("--share-workspace needs several models");
      if (!options_.golden_dirs.empty()) fail("--golden is data of one model: leave it or --share-workspace out");
      return;
    }
    if (further.empty()) return;
    if (!options_.second_model.empty()) return fail("more than two models: " + further.front());
    const bool compiles = options_.command == Command::compile || options_.command == Command::check;
    fail("more than one model: " + further.front(),
         compiles ? "--share-workspace compiles several models for one workspace" : "tinyc --help");
  }

  void apply_board() {
    if (!options_.board) return;
    const Board& board = *options_.board;
    const Target* core = find_target(board.target);
    if (options_.target && options_.target != core) {
      return fail(fmt::format("board {} has a {}, not a {}", board.name, core->name, options_.target->name));
    }
    options_.target = core;
    options_.regions.insert(options_.regions.begin(), board.regions.begin(), board.regions.end());
  }

  // What there is of RAM and flash, unless less is said.
  void check_regions() {
    const std::vector<MemoryRegion>& regions = options_.regions;
    if (regions.empty()) return options_.stack.bytes > 0 ? fail("--stack needs --board or --region") : void();
    const int pointer_bytes = options_.target ? options_.target->pointer_bytes : 8;
    if (std::string problem = regions_problem(regions, pointer_bytes); !problem.empty())
      return fail(std::move(problem), "--region NAME=KIND@ADDRESS+SIZE; tinyc --print-targets lists the board's");
    const auto add_up = [&](std::optional<int64_t>& budget, bool writable) {
      int64_t bytes = 0;
      for (const MemoryRegion& region : regions)
        bytes += holds_data(region, writable) ? static_cast<int64_t>(region.bytes) : 0;
      if (!budget && bytes > 0) budget = bytes;
    };
    check_stack();
    add_up(options_.ram_bytes, true);
    add_up(options_.flash_bytes, false);
  }

  void check_stack() {
    const StackPlace& stack = options_.stack;
    if (stack.bytes == 0) return;
    const int here = stack_region(options_.regions, stack);
    if (here < 0) return fail(fmt::format("--stack: there is no RAM '{}'", stack.region));
    const MemoryRegion& ram = options_.regions[static_cast<size_t>(here)];
    if (stack.bytes >= static_cast<int64_t>(ram.bytes))
      fail(fmt::format("--stack: {} bytes leave nothing of the {} of {}", stack.bytes, ram.bytes, ram.name));
  }

  void check_push_rows() {
    if (!options_.push_rows) return;
    if (options_.keep_inputs) fail("--push-rows keeps no input: leave --keep-inputs out");
    if (options_.io_place == IoPlace::caller)
      fail("--push-rows leaves outputs in the workspace: leave --io-place caller out");
    if (options_.rows == RowPolicy::layers) fail("--push-rows needs a pipeline: leave --rows layers out");
  }

  void check_stream() {
    if (!options_.states.empty() && options_.stream_axis) fail("--stream makes its own states: leave --state out");
    if (!options_.states.empty() && options_.command == Command::accuracy)
      fail("--state computes what the model does: leave it out");
    if (!options_.stream_axis) {
      if (options_.stream_padding != TimePadding::refuse) fail("--stream-pad needs --stream");
      return;
    }
    if (options_.push_rows) fail("--stream takes the frames of one call at once: leave --push-rows out");
    if (options_.command == Command::accuracy) fail("--stream computes what the model does: leave it out");
  }

  void check_use() {
    const DeviceUse& use = options_.use;
    if ((use.per_second || use.battery_mah) && !options_.board) fail("--rate and --battery need --board");
    if (use.battery_mah && !use.per_second) fail("--battery needs --rate");
  }

  std::string default_name() const {
    return options_.share_workspace ? "models" : prefix_from(fs::path(options_.model).stem().string());
  }

  const std::vector<std::string>& arguments_;
  Diagnostics& diagnostics_;
  Options options_;
  const CommandRow* command_ = nullptr;
  std::vector<const OptionRow*> used_;
  size_t at_ = 0;
};

}  // namespace

std::string prefix_from(const std::string& text) {
  Names names;
  std::string name = names.legal(text, "model");
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return is_c_identifier(name) ? name : "model";
}

std::optional<Options> parse_options(const std::vector<std::string>& arguments, Diagnostics& diagnostics) {
  return Parser(arguments, diagnostics).run();
}

}  // namespace tinyc
