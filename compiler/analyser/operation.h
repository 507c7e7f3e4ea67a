// SPDX-License-Identifier: Apache-2.0
// One decoded instruction, as far as control flow, addresses and the stack depend on it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tinyc {

// What is executed on known values. Everything else only makes its results unknown.
enum class Op : uint8_t {
  other,
  move,
  move_not,
  move_top,  // MOVT
  add,
  subtract,
  reverse_subtract,
  add_carry,
  subtract_carry,
  bit_and,
  bit_or,
  bit_xor,
  bit_clear,
  bit_or_not,
  shift_left,
  shift_right,
  shift_right_signed,
  rotate_right,
  multiply,
  multiply_add,
  multiply_subtract,
  multiply_long,  // UMULL, SMULL: two results
  multiply_high,  // the upper half of a product
  divide,
  divide_signed,
  remainder,
  remainder_signed,
  set_less,     // 1 or 0
  sign_extend,  // of `width` bytes
  zero_extend,
  extract,  // UBFX: `amount` bits from bit `immediate`
  extract_signed,
  count_zeros,
  address_of,      // ADR
  real,            // `real` on float registers
  real_from_core,  // VMOV
  real_to_core,
  real_flags,  // VMRS
  load,
  load_pair,
  load_many,
  store,
  store_pair,
  store_many,
  if_then,
  branch,
  branch_compare,  // RISC-V's
  branch_if_zero,
  branch_unless_zero,
  branch_table,  // TBB, TBH: `width` bytes an entry
  call,
  call_register,
  branch_register,
  loop_start,   // DLS
  while_start,  // WLS
  loop_end,     // LE
  stop,         // BKPT, UDF, SVC
};

// Of one precision; `move` has a register or a number.
enum class RealOp : uint8_t {
  move,
  add,
  subtract,
  multiply,
  multiply_negated,
  divide,
  negate,
  absolute,
  root,
  compare,
  fused_add,  // from here on `to` is an operand, too
  fused_subtract,
  fused_negated_add,
  fused_negated_subtract,
  multiply_add,
  multiply_subtract,
  to_signed,  // from here on it is not
  to_unsigned,
  from_signed,
  from_unsigned,
};
enum class Compare : uint8_t { equal, not_equal, less, not_less };
enum class Shift : uint8_t { none, left, right, right_signed, rotate };

inline constexpr uint8_t kNoRegister = 255;
inline constexpr uint8_t kZeroRegister = 32;  // RISC-V's x0
inline constexpr uint8_t kAlways = 14;

struct Operation {
  Op op = Op::other;
  uint8_t bytes = 2;
  uint8_t to = kNoRegister;
  uint8_t to_high = kNoRegister;  // second of a pair
  uint8_t left = kNoRegister;
  uint8_t right = kNoRegister;  // kNoRegister: the immediate
  uint8_t third = kNoRegister;
  uint8_t condition = kAlways;
  Shift shift = Shift::none;  // of `right`
  uint8_t amount = 0;
  uint8_t width = 4;  // of a load, store, extension or table
  bool is_signed = false;
  bool sets_flags = false;
  bool no_result = false;   // CMP, TST: flags only
  bool before = false;      // the base register changes before the access
  bool after = false;       // or after it
  bool descending = false;  // STMDB, PUSH
  Compare compare = Compare::equal;
  bool general = true;      // loads and stores: r0-r15; false: `words` of float registers from `to`, or of vectors
  bool flags_lost = false;  // MSR
  uint8_t real_lost = kNoRegister;  // a float register that becomes unknown
  bool reals_lost = false;          // all of them
  uint8_t words = 1;                // moved; of a loop: steps a round, 0 = as its start said
  RealOp real = RealOp::move;
  float number = 0;  // an operand that is no register
  int32_t immediate = 0;
  uint32_t list = 0;    // registers of a multiple load or store
  uint32_t lost = 0;    // registers that become unknown
  uint32_t target = 0;  // address
};

// The text of LLVM's disassembler. `condition` is that of the if-then block around, kAlways outside.
Operation read_operation(std::string_view mnemonic, std::string_view operands, uint32_t address, uint32_t bytes,
                         uint8_t condition);

// The same of RISC-V. Registers are numbered so that a0 to a7 are 0 to 7, sp 13, ra 14.
Operation read_riscv_operation(std::string_view mnemonic, std::string_view operands, uint32_t address, uint32_t bytes);

// Work of the FPU on registers; false, and nothing changed: none that is followed.
bool read_real(std::string_view mnemonic, std::span<const std::string_view> parts, Operation& result);
// "s0" to "s31".
uint8_t real_register(std::string_view name);

// "eq" = 0 ... "al" = 14; kNoRegister: no condition.
uint8_t condition_number(std::string_view text);

}  // namespace tinyc
