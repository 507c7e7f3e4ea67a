// SPDX-License-Identifier: Apache-2.0
// A core whose registers, flags and stack are known or unknown. Read-only sections are known, other memory is not.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/analyser/arithmetic.h"
#include "compiler/analyser/operation.h"
#include "compiler/counter/elf_file.h"

namespace tinyc {

enum class Truth : uint8_t { no, yes, unknown };
constexpr Truth truth_of(bool is) { return is ? Truth::yes : Truth::no; }

class Machine {
 public:
  explicit Machine(const ElfFile& file);

  // Where an instruction went and what it touched.
  struct Step {
    enum class Way : uint8_t { next, jump, undecided, lost, stop };
    Way way = Way::next;
    uint32_t target = 0;    // of a jump, and of the jump that is not decided
    uint32_t accesses = 0;  // words of memory
    bool constant = false;  // in read-only memory
  };
  Step execute(const Operation& operation, uint32_t address);

  // Registers and flags; a copy restores them. What stores did to the stack is undone with roll_back().
  struct State {
    std::array<Value, 32> registers;  // 13: stack pointer, 14: return address
    std::array<Value, 32> reals;
    struct RealFlags {
      bool less = false, equal = false, not_less = false, unordered = false, known = false;
    } real_flags;
    bool negative = false, zero = false, carry = false, overflow = false;
    bool sign_known = false, carry_known = false, overflow_known = false;
    uint32_t steps_a_round = 1;
  };
  State state;
  // While on, floats are known or not like everything else (else they are not), and variables have their first values:
  // the C library keeps constants in some.
  void in_library(bool on) {
    library_ = on;
    forget_reals();
  }
  void remember_stores(bool on);
  void roll_back();

  uint32_t deepest_stack() const { return kStackTop - lowest_; }
  // At a function's start: so many of its arguments, pointers, lie in registers, the others on the stack.
  void start(uint32_t return_address, uint32_t in_registers);

 private:
  static constexpr uint32_t kStackTop = 0xBFF00000;
  static constexpr uint32_t kStackBytes = 0x40000;
  static constexpr uint32_t kArguments = 0xC0000000;

  struct Memory {
    uint32_t address;
    std::string_view bytes;
  };
  struct Undo {
    uint32_t offset;
    uint8_t byte, known;
  };

  Step execute_always(const Operation& operation, uint32_t address);
  Truth holds(uint8_t condition) const;
  Truth holds(const Operation& branch_compare, uint32_t address) const;
  Value place_of(const Operation& jump, uint32_t address) const;
  Value read_register(uint8_t number, uint32_t address) const;
  void write_register(uint8_t number, Value value);
  Value operand(const Operation& operation, uint32_t address, Value* carry) const;
  void compute_real(const Operation& operation);
  void take_real_flags();
  void forget_reals();
  Step compute(const Operation& operation, uint32_t address);
  void set_sign(Value result);
  void lose_flags();
  Value add(Value a, Value b, Value carry, bool sets_flags);
  Value read(Value address, uint32_t width, bool is_signed, Step& step) const;
  void write(Value address, uint32_t width, Value value, Step& step);
  void move_real(const Operation& operation, uint32_t word, Value place, bool load, Step& step);
  Step access(const Operation& operation, uint32_t address);
  Step access_many(const Operation& operation);
  Step jump_to(Value target) const;
  Step branch(const Operation& operation, uint32_t address);
  static const Memory* memory_at(const std::vector<Memory>& among, uint32_t address, uint32_t width);

  std::vector<Memory> constants_, variables_;
  bool library_ = false;
  std::vector<uint8_t> stack_, stack_known_;
  std::vector<Undo> undo_;
  bool remembers_ = false;
  uint32_t lowest_ = kStackTop;
};

}  // namespace tinyc
