// SPDX-License-Identifier: Apache-2.0
// Cores and boards as plain data: one file per core in targets/, one per board in boards/.
// Nothing outside backends/targets may branch on a target's name; code asks for features instead.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tinyc {

// Instruction-set folders that hold kernels. A target lists the ones it can run, best first; `portable` is always last.
enum class Isa : uint8_t { armv81m_mve, armv8m_dsp, armv7em_dsp, armv7m, armv6m, riscv, portable };
std::string_view isa_name(Isa isa);

enum class Fpu : uint8_t { none, single, double_precision };

// Compiler family that builds for a target; `none` means no packaged compiler exists (generic C++ only).
enum class Toolchain : uint8_t { host, arm_gnu, riscv_gnu, none };

// Nominal instruction costs in core cycles with zero wait states, from the core's Technical Reference Manual.
// They feed closed-form kernel costs only; every use says "estimate".
struct CoreTiming {
  double alu;        // add, shift, move
  double load;       // one isolated load
  double load_next;  // each further load of an adjacent independent group
  double store;
  double mul;        // 32 x 32 -> 32
  double mla;        // multiply-accumulate 32 x 32 + 32 -> 32
  double mul_wide;   // 32 x 32 -> 64 (helper call where the core lacks it)
  double dual_mac;   // two 16 x 16 products accumulated; 0 where the core lacks it
  double branch;     // taken branch
  double divide;     // 32 / 32 (helper call where the core lacks it)
  double float_add;  // single precision (helper call without FPU)
  double float_mul;
  double float_mac;
  double float_div;
  const char* source;      // where the numbers come from
  double registers = 13;   // for values of a loop
  double load_signed = 0;  // a byte with its sign and an offset; 0: as any load
  bool vfp_loops = false;  // inner float loops are the assembly of runtime-stubs/tinyc_vfp.h
};

// How the emulator runs a program for this target; empty machine = build only.
struct Emulator {
  const char* system;         // "arm", "riscv32" -> qemu-system-<system>
  const char* machine;        // -machine
  const char* cpu;            // -cpu, or nullptr for the machine's own
  const char* options;        // further options, space separated
  const char* linker_script;  // file name in runtime-stubs
};

struct Target {
  const char* name;          // as in --target
  const char* description;   // one line
  std::span<const Isa> isa;  // kernel folders, best first, ending with portable
  Fpu fpu;
  bool little_endian;
  int pointer_bytes;
  const char* feature_macro;  // preprocessor condition that must hold when the emitted code is compiled; nullptr = none
  const char* feature_help;   // what to pass to the compiler when it does not hold
  Toolchain toolchain;
  const char* compiler_flags;  // recommended flags besides the optimisation level
  Emulator emulator;
  CoreTiming timing;
};

// A memory in which arrays may lie. Banks that follow each other at one speed are one region, as an array may lie
// across them; any other two are apart.
struct MemoryRegion {
  std::string name;  // a C identifier; unique on its board
  uint64_t base = 0;
  uint64_t bytes = 0;
  bool writable = false;  // RAM
  bool data = true;       // false: for code alone
  // What a read costs besides the core's own cycles: `wait_cycles` of the core for each `line_bytes` that come at once.
  // Arrays of at most `cache_bytes` wait for their first read only. 0 cycles: none, or not known (`basis` is empty).
  double wait_cycles = 0;
  int line_bytes = 4;
  int64_t cache_bytes = 0;
  std::string basis = {};
};

// RAM for variables, or flash for constants.
inline bool holds_data(const MemoryRegion& region, bool writable) { return region.data && region.writable == writable; }

// "RAM", "flash" or, where no data may lie, "code".
inline const char* kind_text(const MemoryRegion& region) {
  if (!region.data) return "code";
  return region.writable ? "RAM" : "flash";
}

// Whether some byte is in both.
inline bool overlap(const MemoryRegion& one, const MemoryRegion& other) {
  return one.base < other.base + other.bytes && other.base < one.base + one.bytes;
}

struct Board {
  const char* name;  // as in --board
  const char* description;
  const char* target;  // core
  double clock_mhz;
  uint64_t ram_bytes;  // of all RAM regions together
  uint64_t flash_bytes;
  std::span<const MemoryRegion> regions;
  // Flash wait states and caches as one factor on modelled cycles, and where it comes from; empty: not known, 1.
  double slowdown = 1;
  const char* slowdown_basis = "";
  double active_ma_per_mhz;  // 0 = unknown
  double sleep_ua;           // 0 = unknown
  double supply_volt;
  const char* source;  // data sheet that the figures come from
};

std::span<const Target* const> all_targets();  // sorted by name
std::span<const Board* const> all_boards();    // sorted by name
const Target* find_target(std::string_view name);
const Board* find_board(std::string_view name);

}  // namespace tinyc
