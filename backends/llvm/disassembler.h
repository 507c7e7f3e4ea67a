// SPDX-License-Identifier: Apache-2.0
// Machine code as text, by LLVM's C disassembler API. Nothing else of LLVM is used, and nothing outside of this folder
// sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tinyc {

// Whether this tinyc was built with LLVM (CMake's TINYC_LLVM).
bool disassembler_available();

class Disassembler {
 public:
  enum class Machine : uint8_t { thumb, riscv };
  static std::unique_ptr<Disassembler> create(Machine machine);  // nullptr without LLVM
  virtual ~Disassembler() = default;

  // One instruction at the start of `code`, which lies at `address`: "ldr.w", "r3, [r0, #4]". Thumb's if-then makes the
  // text depend on the instructions before, so functions are read from their start on. Returns its bytes; 0: none.
  virtual uint32_t decode(std::string_view code, uint32_t address, std::string& mnemonic, std::string& operands) = 0;
};

}  // namespace tinyc
