// SPDX-License-Identifier: Apache-2.0
#include "backends/toolchain.h"

#include <initializer_list>
#include <iterator>
#include <sstream>

#include "compiler/support/process.h"

namespace tinyc {
namespace {

using Words = std::vector<std::string>;

// What differs between the compiler families.
struct Family {
  const char* compiler;
  const char* package;
  const char* library;          // a file that only the compiler's libraries bring; "" = they come with the compiler
  const char* library_package;  // what brings it
  std::initializer_list<const char*> flags;
  std::initializer_list<const char*> stubs;  // implementation of platform.h, start-up code
};

const Family& family_of(const Target& target) {
  static const Family host = {"g++", "g++", "", "", {}, {"platform_host.cpp"}};
  // Small C library, system calls that do nothing; start-up is ours.
  static const Family arm = {"arm-none-eabi-g++",
                             "gcc-arm-none-eabi",
                             "libstdc++_nano.a",
                             "libstdc++-arm-none-eabi-newlib",
                             {"--specs=nano.specs", "--specs=nosys.specs"},
                             {"platform_semihosting.cpp", "startup_cortex_m.cpp"}};
  // The C driver, because distributions ship no C++ library for it: no <cstdint>, but <stdint.h>.
  static const Family riscv = {"riscv64-unknown-elf-gcc",  "gcc-riscv64-unknown-elf",
                               "picolibc.specs",           "picolibc-riscv64-unknown-elf",
                               {"--specs=picolibc.specs"}, {"platform_semihosting.cpp", "startup_riscv.cpp"}};
  if (target.toolchain == Toolchain::arm_gnu) return arm;
  if (target.toolchain == Toolchain::riscv_gnu) return riscv;
  return host;
}

Words split(const char* text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

void append(Words& to, const Words& from) { to.insert(to.end(), from.begin(), from.end()); }

bool is_host(const Target& target) { return target.toolchain == Toolchain::host; }

bool has_emulator(const Target& target) { return *target.emulator.machine != '\0'; }

std::string emulator_program(const Target& target) { return std::string("qemu-system-") + target.emulator.system; }

// Build-only targets have no memory layout of their own; any of the same start-up code lets them link.
std::string linker_script(const Target& target) {
  const std::string_view script = target.emulator.linker_script;
  return script.empty() ? "mps3_an547.ld" : std::string(script);
}

// Commas separate the emulator's sub-options; a doubled one stands for itself.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == ',' ? std::string(",,") : std::string(1, c);
  return result;
}

// argv[0] is a fixed word: the emulated program splits its command line at spaces, which a real path may contain.
std::string semihosting_option(const Words& arguments) {
  std::string option = "enable=on,target=native,chardev=console,arg=program";
  for (const std::string& argument : arguments) option += ",arg=" + escaped(argument);
  return option;
}

// The compiler answers with a full path, or with the bare name if it has no such file.
bool has_library(const Family& family) {
  const std::string library = family.library;
  if (library.empty()) return true;
  const ProcessResult answer = run_process({family.compiler, "-print-file-name=" + library}, {.timeout_seconds = 20});
  return answer.succeeded() && answer.output.find('/') != std::string::npos;
}

}  // namespace

bool can_build(const Target& target) { return target.toolchain != Toolchain::none; }

bool can_run(const Target& target) { return is_host(target) || (can_build(target) && has_emulator(target)); }

std::string compiler_of(const Target& target) { return family_of(target).compiler; }

std::string binary_tool(const Target& target, std::string_view tool) {
  const std::string compiler = compiler_of(target);
  const size_t dash = compiler.rfind('-');
  return (dash == std::string::npos ? "" : compiler.substr(0, dash + 1)) + std::string(tool);
}

std::vector<std::string> recommended_flags(const Target& target) {
  Words flags = split(target.compiler_flags);
  append(flags, {"-std=c++17", "-O2"});
  if (!is_host(target)) append(flags, {"-fno-exceptions", "-fno-rtti", "-ffunction-sections", "-fdata-sections"});
  return flags;
}

std::vector<std::string> object_command(const Target& target, const BuildRequest& request) {
  const Family& family = family_of(target);
  Words command = {family.compiler};
  command.insert(command.end(), family.flags.begin(), family.flags.end());
  append(command, recommended_flags(target));
  append(command, {request.optimisation, "-fstack-usage"});
  append(command, request.extra_flags);
  for (const std::string& folder : request.include_dirs) command.push_back("-I" + folder);
  append(command, {"-x", "c++", "-c", request.sources.front(), "-o", request.output});
  return command;
}

std::vector<std::string> compile_command(const Target& target, const BuildRequest& request) {
  const Family& family = family_of(target);
  Words command = {request.compiler.empty() ? family.compiler : request.compiler};
  command.insert(command.end(), family.flags.begin(), family.flags.end());
  append(command, split(target.compiler_flags));
  append(command, {"-std=c++17", request.optimisation});
  if (!is_host(target)) {
    append(command,
           {"-fno-exceptions", "-fno-rtti", "-ffunction-sections", "-fdata-sections", "-nostartfiles",
            "-Wl,--gc-sections", "-L" + request.stubs_dir, "-T" + request.stubs_dir + "/" + linker_script(target)});
  }
  append(command, request.extra_flags);
  command.push_back("-I" + request.stubs_dir);
  for (const std::string& folder : request.include_dirs) command.push_back("-I" + folder);
  append(command, {"-x", "c++"});
  append(command, request.sources);
  for (const char* stub : family.stubs) command.push_back(request.stubs_dir + "/" + stub);
  append(command, {"-x", "none", "-o", request.output, "-lm"});
  return command;
}

std::vector<std::string> run_command(const Target& target, const std::string& executable,
                                     const std::vector<std::string>& arguments) {
  Words command;
  if (is_host(target)) {
    const bool has_folder = executable.find('/') != std::string::npos;
    command.push_back(has_folder ? executable : "./" + executable);
    append(command, arguments);
    return command;
  }
  command = {emulator_program(target), "-machine", target.emulator.machine};
  if (target.emulator.cpu != nullptr) append(command, {"-cpu", target.emulator.cpu});
  append(command, split(target.emulator.options));
  // The program's text goes to standard output; without a character device of its own it would go to standard error.
  append(command, {"-nographic", "-monitor", "none", "-serial", "none", "-chardev", "stdio,id=console",
                   "-semihosting-config", semihosting_option(arguments), "-kernel", executable});
  return command;
}

std::vector<MissingTool> missing_tools(const Target& target, bool to_run) {
  std::vector<MissingTool> missing;
  if (!can_build(target)) return missing;
  const Family& family = family_of(target);
  if (!find_program(family.compiler)) missing.push_back({family.compiler, family.package});
  if (!has_library(family)) missing.push_back({family.library, family.library_package});
  if (to_run && !is_host(target) && has_emulator(target) && !find_program(emulator_program(target))) {
    const bool arm = target.toolchain == Toolchain::arm_gnu;
    missing.push_back({emulator_program(target), arm ? "qemu-system-arm" : "qemu-system-misc"});
  }
  return missing;
}

}  // namespace tinyc
