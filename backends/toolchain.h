// SPDX-License-Identifier: Apache-2.0
// How to build a program for a target and how to run it: command lines only, nothing is built or run here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/target.h"

namespace tinyc {

struct BuildRequest {
  std::vector<std::string> sources{};       // of the program, without start-up and platform; all read as C++
  std::vector<std::string> include_dirs{};  // besides stubs_dir
  std::string output{};                     // executable
  std::string stubs_dir{};                  // the runtime-stubs folder
  std::string optimisation = "-O2";
  std::vector<std::string> extra_flags{};  // after the target's own
  std::string compiler{};                  // empty = the target's usual one; must take the same options
};

// False for targets that have no packaged compiler.
bool can_build(const Target& target);
// True if the host can run the target's programs, itself or in an emulator.
bool can_run(const Target& target);

// One command that compiles and links sources, platform.h's implementation and, on boards, start-up code.
// Needs can_build(target).
std::vector<std::string> compile_command(const Target& target, const BuildRequest& request);

// One command that compiles the first source into an object file, with frame sizes in a .su file beside it.
// Needs can_build(target).
std::vector<std::string> object_command(const Target& target, const BuildRequest& request);

// "arm-none-eabi-g++"; needs can_build(target).
std::string compiler_of(const Target& target);
// A program of the same family: "size", "nm". Needs can_build(target).
std::string binary_tool(const Target& target, std::string_view tool);
// What a user should pass to the compiler, optimisation included.
std::vector<std::string> recommended_flags(const Target& target);

// Runs a program with arguments for its main. Needs can_run(target). File names reach the emulated program as they
// are, relative to the working directory; it splits them at spaces, so pass plain relative names.
std::vector<std::string> run_command(const Target& target, const std::string& executable,
                                     const std::vector<std::string>& arguments = {});

struct MissingTool {
  std::string program;
  std::string package;  // Debian and Ubuntu package that has it
};

// What must be installed to build (and run) for a target; empty if all is there. Asks the compiler for its libraries.
std::vector<MissingTool> missing_tools(const Target& target, bool to_run = true);

}  // namespace tinyc
