// SPDX-License-Identifier: Apache-2.0
// The options, one row each: the parser reads them, --help prints them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/driver/options.h"

namespace tinyc {

enum class OptionGroup : uint8_t { target, model, output, data, comparison, build, passes };
std::string_view option_group_title(OptionGroup group);

// Commands as bits of a set.
using CommandSet = uint32_t;
constexpr CommandSet only(Command command) { return 1u << static_cast<unsigned>(command); }
inline constexpr CommandSet kOnRuns = only(Command::run) | only(Command::verify) | only(Command::bench);
inline constexpr CommandSet kOnCompiled =
    kOnRuns | only(Command::compile) | only(Command::check) | only(Command::accuracy) | only(Command::plan);
inline constexpr CommandSet kOnModels = kOnCompiled | only(Command::ir);
inline constexpr CommandSet kOnAll = ~CommandSet{0};

struct OptionRow {
  std::string_view name;
  std::string_view short_name;  // "-o"; empty if there is none
  std::string_view value;       // "NAME=N"; empty for a flag
  OptionGroup group;
  CommandSet commands;
  bool shapes_code;  // repeated in the header of the emitted files
  bool many;         // further values may follow without repeating the name
  std::string_view help;
  // Takes the value; a reason if it cannot be used.
  std::string (*take)(Options& options, const std::string& value);
};

std::span<const OptionRow> option_table();
const OptionRow* find_option(std::string_view name);

struct CommandRow {
  Command command;
  std::string_view name;  // "verify", "--print-ops"
  std::string_view usage;
  std::string_view summary;
  std::string_view doc;
  std::string_view examples;  // lines
};
std::span<const CommandRow> command_table();
const CommandRow* find_command(std::string_view name);
const CommandRow& command_row(Command command);

// Help for one command, or for all (Command::help).
std::string help_text(Command about);

}  // namespace tinyc
