// SPDX-License-Identifier: Apache-2.0
// What the counter needs of a linked 32-bit little-endian ELF program. The file may be anything: every offset is
// checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/result.h"

namespace tinyc {

struct ElfFunction {
  uint32_t address = 0;  // without the Thumb bit
  uint32_t bytes = 0;
  std::string name;  // demangled, "kws::(anonymous namespace)::l01_conv(...) [clone .isra.0]"
};

struct ElfFile {
  enum class Machine : uint8_t { arm, riscv };
  Machine machine = Machine::arm;
  std::vector<ElfFunction> functions;  // by address
  uint32_t ram_low = 0;                // writable sections lie in [ram_low, ram_high)
  uint32_t ram_high = 0;
  int64_t code_bytes = 0;      // executable sections
  int64_t constant_bytes = 0;  // other sections with contents

  // Function that holds the address; nullptr if none does.
  const ElfFunction* at(uint32_t address) const;
  const ElfFunction* named(std::string_view name) const;
};

Result<ElfFile> read_elf(std::string_view bytes);

}  // namespace tinyc
