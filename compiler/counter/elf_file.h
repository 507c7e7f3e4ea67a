// SPDX-License-Identifier: Apache-2.0
// What the counter needs of a linked 32-bit little-endian ELF program. The file may be anything: every offset is
// checked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/counter/arm_architecture.h"
#include "compiler/support/result.h"

namespace tinyc {

struct ElfFunction {
  uint32_t address = 0;  // without the Thumb bit
  uint32_t bytes = 0;
  std::string name;  // demangled, "kws::(anonymous namespace)::l01_conv(...) [clone .isra.0]"
};

struct ElfSection {
  uint32_t address = 0;
  bool writable = false;
  bool executable = false;
  std::string_view contents;  // of the bytes that were read
};

struct ElfFile {
  enum class Machine : uint8_t { arm, riscv };
  Machine machine = Machine::arm;
  std::optional<ArmArchitecture> architecture;  // that the file was built for, if it says so
  std::vector<ElfFunction> functions;           // by address
  uint32_t ram_low = 0;                         // writable sections lie in [ram_low, ram_high)
  uint32_t ram_high = 0;
  int64_t code_bytes = 0;                // executable sections
  int64_t constant_bytes = 0;            // other sections with contents
  uint32_t global_pointer = 0;           // RISC-V's gp; 0: none
  std::vector<ElfSection> sections;      // loaded ones with contents
  std::map<uint32_t, bool> data_starts;  // where data starts (true) or code does (false): Arm's $d, $t

  // Function that holds the address; nullptr if none does.
  const ElfFunction* at(uint32_t address) const;
  const ElfFunction* named(std::string_view name) const;
  // A function inside an unnamed namespace, by its name alone.
  const ElfFunction* unnamed(std::string_view name) const;
};

// Whether the target's core can run the program; the reason if not.
Status fits_core(const ElfFile& file, const Target& target);

// The bytes must outlive the result.
Result<ElfFile> read_elf(std::string_view bytes);

}  // namespace tinyc
