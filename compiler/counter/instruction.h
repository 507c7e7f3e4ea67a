// SPDX-License-Identifier: Apache-2.0
// One machine instruction, read from a disassembler's text, as far as its price depends on it.
#pragma once

#include <cstdint>
#include <string_view>

namespace tinyc {

// What instructions have a price of their own.
enum class Kind : uint8_t {
  alu,
  it,  // Thumb's if-then
  multiply,
  multiply_add,
  multiply_long,  // 32 x 32 -> 64
  multiply_add_long,
  multiply_half,  // 16-bit operands or the high word of a product: SMULBB, SMLATT, SMMUL
  multiply_dual,  // two 16-bit products: SMLAD
  divide,
  load,
  load_double,
  load_multiple,  // POP too
  store,
  store_double,
  store_multiple,
  branch,  // conditional or not, target in the instruction
  call,
  branch_register,  // BX, RET, JALR; also after a load of the program counter
  branch_table,     // TBB, TBH
  loop,             // WLS, LE
  float_alu,
  float_mac,
  float_divide,
  float_move,
  float_load,
  float_load_multiple,
  float_store,
  float_store_multiple,
  vector_alu,
  vector_mac,
  vector_load,
  vector_store,
  system,  // barriers, special registers
};
inline constexpr int kKinds = static_cast<int>(Kind::system) + 1;

// Coarser, for reports.
enum class InstructionClass : uint8_t { alu, multiply, divide, load, store, branch, real, vector, other };
inline constexpr int kInstructionClasses = static_cast<int>(InstructionClass::other) + 1;
InstructionClass class_of(Kind kind);
std::string_view class_name(InstructionClass c);

struct Instruction {
  Kind kind = Kind::alu;
  uint8_t registers = 1;     // moved by a multiple load or store
  bool writes_base = false;  // load or store that changes its base register
  bool register_offset = false;
  bool loads_pc = false;
  uint32_t written = 0;  // registers as bits: 0-15 or x0-x31
  uint32_t read = 0;
  uint32_t address = 0;        // those that form an address
  uint32_t float_written = 0;  // s0-s31
  uint32_t float_read = 0;
};

// Thumb and Arm as GNU objdump writes it: mnemonic "ldr.w", operands "r3, [r0, #4]".
Instruction read_arm(std::string_view mnemonic, std::string_view operands);
// RISC-V likewise: "lw", "a5,4(a0)".
Instruction read_riscv(std::string_view mnemonic, std::string_view operands);

}  // namespace tinyc
