// SPDX-License-Identifier: Apache-2.0
// Instead of disassembler.cpp where tinyc is built without LLVM.
#include "backends/llvm/disassembler.h"

namespace tinyc {

bool disassembler_available() { return false; }
std::unique_ptr<Disassembler> Disassembler::create(Machine) { return nullptr; }

}  // namespace tinyc
