// SPDX-License-Identifier: Apache-2.0
#include "backends/llvm/disassembler.h"

#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

#include <array>
#include <cstring>

namespace tinyc {
namespace {

class LlvmDisassembler : public Disassembler {
 public:
  explicit LlvmDisassembler(LLVMDisasmContextRef context) : context_(context) {}
  LlvmDisassembler(const LlvmDisassembler&) = delete;
  LlvmDisassembler& operator=(const LlvmDisassembler&) = delete;
  ~LlvmDisassembler() override { LLVMDisasmDispose(context_); }

  uint32_t decode(std::string_view code, uint32_t address, std::string& mnemonic, std::string& operands) override {
    std::array<uint8_t, 8> bytes{};
    const size_t length = std::min(bytes.size(), code.size());
    std::memcpy(bytes.data(), code.data(), length);
    std::array<char, 256> text{};
    const size_t used = LLVMDisasmInstruction(context_, bytes.data(), length, address, text.data(), text.size());
    if (used == 0) return 0;
    // "\tldr.w\tr3, [r0, #4]"
    std::string_view rest = text.data();
    if (rest.starts_with('\t')) rest.remove_prefix(1);
    const size_t tab = std::min(rest.find('\t'), rest.size());
    mnemonic = rest.substr(0, tab);
    operands = rest.substr(std::min(tab + 1, rest.size()));
    return static_cast<uint32_t>(used);
  }

 private:
  LLVMDisasmContextRef context_;
};

}  // namespace

bool disassembler_available() { return true; }

// The newest core of the family decodes what all of them run.
std::unique_ptr<Disassembler> Disassembler::create(Machine machine) {
  LLVMDisasmContextRef context = nullptr;
  if (machine == Machine::thumb) {
    LLVMInitializeARMTargetInfo();
    LLVMInitializeARMTargetMC();
    LLVMInitializeARMDisassembler();
    context = LLVMCreateDisasmCPU("thumbv8.1m.main-none-eabi", "cortex-m55", nullptr, 0, nullptr, nullptr);
  } else {
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVDisassembler();
    context =
        LLVMCreateDisasmCPUFeatures("riscv32-none-elf", "generic-rv32", "+m,+a,+f,+c", nullptr, 0, nullptr, nullptr);
  }
  return context ? std::make_unique<LlvmDisassembler>(context) : nullptr;
}

}  // namespace tinyc
