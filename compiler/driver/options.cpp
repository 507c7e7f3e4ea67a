// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>

#include "backends/emit/names.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHelp = R"(tinyc - ONNX models to C++ for microcontrollers

  tinyc MODEL.onnx --target cortex-m4 [-o DIR]      write NAME.h, NAME.cpp, NAME_test.cpp and reports
  tinyc check MODEL.onnx --board nano-33-ble-sense  does it fit? all problems at once; writes nothing
  tinyc run MODEL.onnx --target cortex-m4 --input x.pb --output DIR
                                                    compile, build, run (host, or QEMU), write output_N.pb
  tinyc verify MODEL.onnx --target cortex-m4 --data DIR...
                                                    the same, compared with recorded outputs
  tinyc ir MODEL.onnx [--after PASS]                print the graph
  tinyc --print-ops | --print-passes | --print-targets | --print-kernels | --explain CODE

Target
  --target T             core; --print-targets lists them
  --board B              board: gives target, RAM and flash
  --ram SIZE             budget for the workspace, e.g. 64K
  --flash SIZE           budget for constants and code
Model
  --dim NAME=N           size of a named dimension
  --io-place P           workspace (default): inputs and outputs live in the workspace; caller: in the caller's memory
  --io-layout L          onnx (default): as the model says; rows: channels last, no conversion
  --io-type T            model (default), int8 (the quantised integers), float
  --keep-inputs          inputs are still there after the inference
Output
  -o DIR                 output folder (default: .)
  --name NAME            prefix of everything that is emitted (default: from the file name)
  --golden DIR           data sets for NAME_test.cpp (folders with input_N.pb and output_N.pb)
  --json                 machine-readable output
run and verify
  --input FILE           input_N.pb in the order of the model's inputs (repeat)
  --output DIR           where output_N.pb go
  --data DIR             a data set, or a folder of data sets (repeat)
  --rtol R --atol A      tolerance for floats (default 1e-3, 1e-7)
  --steps N              tolerance for integers (default 0)
  --accept FILE          index.json with "accept" entries per model
  --expect PREFIX        compare with PREFIX_N.pb instead of output_N.pb
  -O LEVEL               optimisation of the target's compiler: 0, 1, 2 (default), 3, s
  --cflag FLAG           further flag for it (repeat)
Passes
  --print-after PASS     print the graph after a pass (or all)
  --after PASS           with ir: stop there
  --check-numbers        interpret the graph before and after every pass
  --time-passes

Examples
  tinyc kws.onnx --target cortex-m4 -o gen
  tinyc verify kws.onnx --target cortex-m4 --data kws/test_data_set_0
  tinyc check kws.onnx --board nucleo-l4r5zi --json

Exit status: 0 done, 1 the model or the call was refused, 2 verify found differences, 70 a bug of tinyc.
)";

class Parser {
 public:
  Parser(const std::vector<std::string>& arguments, Diagnostics& diagnostics)
      : arguments_(arguments), diagnostics_(diagnostics) {}

  std::optional<Options> run() {
    if (arguments_.empty()) return options_;
    while (at_ < arguments_.size() && !diagnostics_.has_errors()) next();
    if (diagnostics_.has_errors()) return std::nullopt;
    finish();
    if (diagnostics_.has_errors()) return std::nullopt;
    return options_;
  }

 private:
  void fail(std::string message, std::string help = "tinyc --help") {
    diagnostics_.error(Code::T0101, {}, std::move(message), std::move(help));
  }

  std::string value(const std::string& option) {
    if (at_ < arguments_.size()) return arguments_[at_++];
    fail(option + " needs a value");
    return {};
  }

  void next() {
    const std::string argument = arguments_[at_++];
    if (argument.empty()) return fail("empty argument");
    if (argument[0] != '-') return positional(argument);
    if (command_option(argument) || flag(argument) || text_option(argument) || number_option(argument)) return;
    fail("unknown option " + argument);
  }

  void positional(const std::string& word) {
    static const std::map<std::string, Command> kCommands = {{"compile", Command::compile},
                                                             {"check", Command::check},
                                                             {"run", Command::run},
                                                             {"verify", Command::verify},
                                                             {"ir", Command::ir}};
    const auto command = kCommands.find(word);
    if (!command_given_ && options_.model.empty() && command != kCommands.end()) {
      options_.command = command->second;
      command_given_ = true;
    } else if (options_.model.empty()) {
      options_.model = word;
      if (!command_given_) options_.command = Command::compile;
      command_given_ = true;
    } else {
      fail("more than one model: " + word);
    }
  }

  bool command_option(const std::string& option) {
    static const std::map<std::string, Command> kCommands = {{"--help", Command::help},
                                                             {"-h", Command::help},
                                                             {"--version", Command::version},
                                                             {"--print-ops", Command::print_ops},
                                                             {"--print-passes", Command::print_passes},
                                                             {"--print-targets", Command::print_targets},
                                                             {"--print-kernels", Command::print_kernels},
                                                             {"--explain", Command::explain}};
    const auto found = kCommands.find(option);
    if (found == kCommands.end()) return false;
    options_.command = found->second;
    command_given_ = true;
    if (option == "--explain") options_.topic = value(option);
    return true;
  }

  bool flag(const std::string& option) {
    const std::map<std::string, bool*> flags = {{"--json", &options_.json},
                                                {"--keep-inputs", &options_.keep_inputs},
                                                {"--check-numbers", &options_.check_numbers},
                                                {"--time-passes", &options_.time_passes}};
    const auto found = flags.find(option);
    if (found == flags.end()) return false;
    *found->second = true;
    if (option == "--keep-inputs") options_.given.push_back(option);
    return true;
  }

  bool text_option(const std::string& option) {
    const std::map<std::string, std::string*> texts = {{"-o", &options_.output_dir},
                                                       {"--output", &options_.output_dir},
                                                       {"--name", &options_.name},
                                                       {"--golden", &options_.golden_dir},
                                                       {"--accept", &options_.accept_file},
                                                       {"--expect", &options_.expect_prefix},
                                                       {"--print-after", &options_.print_after},
                                                       {"--after", &options_.stop_after}};
    if (const auto found = texts.find(option); found != texts.end()) {
      *found->second = value(option);
      if (option == "--name") remember(option, options_.name);
      return true;
    }
    const std::map<std::string, std::vector<std::string>*> lists = {
        {"--input", &options_.input_files}, {"--data", &options_.data_dirs}, {"--cflag", &options_.compiler_flags}};
    if (const auto found = lists.find(option); found != lists.end()) {
      found->second->push_back(value(option));
      // --data DIR DIR ... : further folders follow
      while (option == "--data" && at_ < arguments_.size() && arguments_[at_][0] != '-')
        options_.data_dirs.push_back(arguments_[at_++]);
      return true;
    }
    return choice(option);
  }

  void remember(const std::string& option, const std::string& text) { options_.given.push_back(option + " " + text); }

  bool choice(const std::string& option) {
    const auto pick = [&](auto& to, const auto& choices) {
      const std::string word = value(option);
      if (diagnostics_.has_errors()) return;
      const auto found = choices.find(word);
      std::string list;
      for (const auto& [name, meaning] : choices) list += (list.empty() ? "" : ", ") + name;
      if (found == choices.end()) return fail(fmt::format("{} {} is not one of {}", option, word, list));
      to = found->second;
      remember(option, word);
    };
    if (option == "--target") return set_target(value(option)), true;
    if (option == "--board") return set_board(value(option)), true;
    if (option == "--io-place")
      return pick(options_.io_place,
                  std::map<std::string, IoPlace>{{"workspace", IoPlace::workspace}, {"caller", IoPlace::caller}}),
             true;
    if (option == "--io-layout")
      return pick(options_.io_layout,
                  std::map<std::string, IoLayout>{{"onnx", IoLayout::onnx}, {"rows", IoLayout::rows}}),
             true;
    if (option == "--io-type")
      return pick(options_.io_type,
                  std::map<std::string, IoType>{
                      {"model", IoType::model}, {"int8", IoType::int8}, {"float", IoType::real}}),
             true;
    if (option == "-O" || (option.size() == 3 && option.starts_with("-O"))) {
      const std::string level = option == "-O" ? value(option) : option.substr(2);
      if (level.size() != 1 || std::string_view("0123s").find(level) == std::string_view::npos)
        fail("-O takes 0, 1, 2, 3 or s");
      options_.optimisation = "-O" + level;
      return true;
    }
    return false;
  }

  void set_target(const std::string& name) {
    options_.target = find_target(name);
    if (options_.target) return remember("--target", name);
    if (!diagnostics_.has_errors())
      diagnostics_.error(Code::T0104, {}, "there is no target '" + name + "'", "tinyc --print-targets");
  }
  void set_board(const std::string& name) {
    options_.board = find_board(name);
    if (options_.board) return remember("--board", name);
    if (!diagnostics_.has_errors())
      diagnostics_.error(Code::T0104, {}, "there is no board '" + name + "'", "tinyc --print-targets");
  }

  bool number_option(const std::string& option) {
    if (option == "--dim") return set_dim(value(option)), true;
    if (option == "--ram" || option == "--flash") {
      const std::string text = value(option);
      if (diagnostics_.has_errors()) return true;
      const auto bytes = size(text);
      if (!bytes) fail(fmt::format("{} {}: a size is a positive number with an optional K or M", option, text));
      (option == "--ram" ? options_.ram_bytes : options_.flash_bytes) = bytes;
      remember(option, text);
      return true;
    }
    if (option == "--rtol" || option == "--atol") {
      const std::string text = value(option);
      double number = -1;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size() || !(number >= 0) || !std::isfinite(number))
        fail(fmt::format("{} {} is not a tolerance", option, text));
      (option == "--rtol" ? options_.rtol : options_.atol) = number;
      return true;
    }
    if (option == "--steps") {
      const auto number = integer(value(option));
      if (!number || *number < 0) fail("--steps needs a number of at least 0");
      options_.steps = number.value_or(0);
      return true;
    }
    return false;
  }

  static std::optional<int64_t> integer(std::string_view text) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }

  static std::optional<int64_t> size(std::string text) {
    int64_t unit = 1;
    if (!text.empty() && (text.back() == 'K' || text.back() == 'k')) unit = 1024;
    if (!text.empty() && (text.back() == 'M' || text.back() == 'm')) unit = 1024 * 1024;
    if (unit > 1) text.pop_back();
    const auto number = integer(text);
    if (!number || *number <= 0 || *number > (int64_t{1} << 40) / unit) return std::nullopt;
    return *number * unit;
  }

  void set_dim(const std::string& text) {
    const size_t equals = text.find('=');
    const auto number = equals == std::string::npos ? std::nullopt : integer(text.substr(equals + 1));
    if (!number || equals == 0 || *number < 1 || *number > 2147483647)
      return fail("--dim takes NAME=N with N from 1 to 2147483647, not '" + text + "'");
    options_.dims[text.substr(0, equals)] = *number;
    remember("--dim", text);
  }

  void finish() {
    const bool on_model = options_.command <= Command::ir;
    if (!on_model) return;
    if (options_.model.empty()) return fail("no model given");
    if (options_.board) {
      const Target* core = find_target(options_.board->target);
      if (options_.target && options_.target != core)
        return fail(
            fmt::format("board {} has a {}, not a {}", options_.board->name, core->name, options_.target->name));
      options_.target = core;
      if (!options_.ram_bytes) options_.ram_bytes = static_cast<int64_t>(options_.board->ram_bytes);
      if (!options_.flash_bytes) options_.flash_bytes = static_cast<int64_t>(options_.board->flash_bytes);
    }
    if (!options_.target && options_.command == Command::ir) options_.target = find_target("host");
    if (!options_.target) return fail("no target given", "--target cortex-m4, or another of tinyc --print-targets");
    if (options_.name.empty()) {
      Names names;
      options_.name = names.legal(fs::path(options_.model).stem().string(), "model");
      std::transform(options_.name.begin(), options_.name.end(), options_.name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    }
    if (!is_c_identifier(options_.name)) fail("--name " + options_.name + " is not a C identifier");
    if (options_.command == Command::verify && options_.data_dirs.empty()) fail("verify needs --data DIR");
    options_.given.insert(options_.given.begin(), fs::path(options_.model).filename().string());
  }

  const std::vector<std::string>& arguments_;
  Diagnostics& diagnostics_;
  Options options_;
  size_t at_ = 0;
  bool command_given_ = false;
};

}  // namespace

std::optional<Options> parse_options(const std::vector<std::string>& arguments, Diagnostics& diagnostics) {
  return Parser(arguments, diagnostics).run();
}

std::string help_text() { return std::string(kHelp); }

}  // namespace tinyc
