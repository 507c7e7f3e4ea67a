// SPDX-License-Identifier: Apache-2.0
// A program's instructions by address, from objdump's text.
#pragma once

#include <map>
#include <string_view>

#include "compiler/counter/elf_file.h"
#include "compiler/counter/instruction.h"

namespace tinyc {

struct ListedInstruction {
  uint32_t bytes = 0;
  Instruction instruction;
};
using Listing = std::map<uint32_t, ListedInstruction>;

// Lines "    8000:\tf04f 0301 \tmov.w\tr3, #1"; all others are skipped.
Listing read_listing(std::string_view text, ElfFile::Machine machine);

}  // namespace tinyc
