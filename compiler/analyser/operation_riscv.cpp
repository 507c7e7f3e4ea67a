// SPDX-License-Identifier: Apache-2.0
// Operands and mnemonics: The RISC-V Instruction Set Manual, volume I, as LLVM spells them (aliases, compressed forms
// without "c."). Registers have the numbers of the machine: those of Arm where they mean the same.
#include <array>
#include <charconv>
#include <optional>

#include "compiler/analyser/operation.h"

namespace tinyc {
namespace {

using Text = std::string_view;

// What the operands are.
enum class Shape : uint8_t {
  three,       // rd, rs1, rs2 or immediate
  two,         // rd, rs: the machine's `right`
  from_zero,   // rd, rs: 0 op rs
  against,     // rd, rs: rs op immediate of the row
  zero_less,   // rd, rs: 0 < rs
  upper,       // rd, immediate << 12
  upper_pc,    // the same, and the address
  memory,      // r, offset(base)
  target,      // offset of a jump
  call,        // offset, or rd, offset
  compare,     // rs1, rs2, offset
  compare_0,   // rs, offset: with 0
  compare_0l,  // the same, 0 on the left
  through,     // rs, or offset(rs)
  none,
};

struct Row {
  Text word;
  Op op;
  Shape shape;
  uint8_t width = 4;
  bool is_signed = false;
  int32_t immediate = 0;
  Compare compare = Compare::equal;
};

constexpr Row kRows[] = {
    {"li", Op::move, Shape::two},
    {"mv", Op::move, Shape::two},
    {"not", Op::move_not, Shape::two},
    {"neg", Op::subtract, Shape::from_zero},
    {"lui", Op::move, Shape::upper},
    {"auipc", Op::move, Shape::upper_pc},
    {"add", Op::add, Shape::three},
    {"addi", Op::add, Shape::three},
    {"sub", Op::subtract, Shape::three},
    {"and", Op::bit_and, Shape::three},
    {"andi", Op::bit_and, Shape::three},
    {"zext.b", Op::bit_and, Shape::against, 4, false, 255},
    {"or", Op::bit_or, Shape::three},
    {"ori", Op::bit_or, Shape::three},
    {"xor", Op::bit_xor, Shape::three},
    {"xori", Op::bit_xor, Shape::three},
    {"sll", Op::shift_left, Shape::three},
    {"slli", Op::shift_left, Shape::three},
    {"srl", Op::shift_right, Shape::three},
    {"srli", Op::shift_right, Shape::three},
    {"sra", Op::shift_right_signed, Shape::three},
    {"srai", Op::shift_right_signed, Shape::three},
    {"slt", Op::set_less, Shape::three, 4, true},
    {"slti", Op::set_less, Shape::three, 4, true},
    {"sltu", Op::set_less, Shape::three},
    {"sltiu", Op::set_less, Shape::three},
    {"seqz", Op::set_less, Shape::against, 4, false, 1},
    {"snez", Op::set_less, Shape::zero_less},
    {"sltz", Op::set_less, Shape::against, 4, true, 0},
    {"sgtz", Op::set_less, Shape::zero_less, 4, true},
    {"mul", Op::multiply, Shape::three},
    {"mulh", Op::multiply_high, Shape::three, 4, true},
    {"mulhu", Op::multiply_high, Shape::three},
    {"div", Op::divide_signed, Shape::three},
    {"divu", Op::divide, Shape::three},
    {"rem", Op::remainder_signed, Shape::three},
    {"remu", Op::remainder, Shape::three},
    {"lb", Op::load, Shape::memory, 1, true},
    {"lbu", Op::load, Shape::memory, 1},
    {"lh", Op::load, Shape::memory, 2, true},
    {"lhu", Op::load, Shape::memory, 2},
    {"lw", Op::load, Shape::memory},
    {"flw", Op::load, Shape::memory},
    {"sb", Op::store, Shape::memory, 1},
    {"sh", Op::store, Shape::memory, 2},
    {"sw", Op::store, Shape::memory},
    {"fsw", Op::store, Shape::memory},
    {"j", Op::branch, Shape::target},
    {"jal", Op::call, Shape::call},
    {"jr", Op::branch_register, Shape::through},
    {"jalr", Op::call_register, Shape::through},
    {"ret", Op::branch_register, Shape::none},
    {"beq", Op::branch_compare, Shape::compare, 4, false, 0, Compare::equal},
    {"bne", Op::branch_compare, Shape::compare, 4, false, 0, Compare::not_equal},
    {"blt", Op::branch_compare, Shape::compare, 4, true, 0, Compare::less},
    {"bge", Op::branch_compare, Shape::compare, 4, true, 0, Compare::not_less},
    {"bltu", Op::branch_compare, Shape::compare, 4, false, 0, Compare::less},
    {"bgeu", Op::branch_compare, Shape::compare, 4, false, 0, Compare::not_less},
    {"beqz", Op::branch_compare, Shape::compare_0, 4, false, 0, Compare::equal},
    {"bnez", Op::branch_compare, Shape::compare_0, 4, false, 0, Compare::not_equal},
    {"bltz", Op::branch_compare, Shape::compare_0, 4, true, 0, Compare::less},
    {"bgez", Op::branch_compare, Shape::compare_0, 4, true, 0, Compare::not_less},
    {"bgtz", Op::branch_compare, Shape::compare_0l, 4, true, 0, Compare::less},
    {"blez", Op::branch_compare, Shape::compare_0l, 4, true, 0, Compare::not_less},
    {"ebreak", Op::stop, Shape::none},
    {"ecall", Op::stop, Shape::none},
    {"unimp", Op::stop, Shape::none},
};

struct RealRow {
  Text word;
  RealOp op;
};
constexpr RealRow kReals[] = {
    {"fadd.s", RealOp::add}, {"fsub.s", RealOp::subtract}, {"fmul.s", RealOp::multiply}, {"fdiv.s", RealOp::divide},
    {"fmv.s", RealOp::move}, {"fneg.s", RealOp::negate},   {"fabs.s", RealOp::absolute}, {"fsqrt.s", RealOp::root},
};

constexpr uint8_t kReturnAddress = 14;

// fa0 to fa7 are 0 to 7.
uint8_t float_register(Text name) {
  constexpr std::array<Text, 32> kNames = {"fa0", "fa1", "fa2",  "fa3",  "fa4", "fa5", "fa6",  "fa7",
                                           "ft0", "ft1", "ft2",  "ft3",  "ft4", "ft5", "ft6",  "ft7",
                                           "fs0", "fs1", "fs2",  "fs3",  "fs4", "fs5", "fs6",  "fs7",
                                           "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};
  for (uint8_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return i;
  }
  return kNoRegister;
}

// a0 to a7 are 0 to 7, ra and sp Arm's; no register has 15, Arm's program counter.
uint8_t core_register(Text name) {
  constexpr std::array<Text, 32> kNames = {"a0", "a1", "a2", "a3", "a4",  "a5",  "a6", "a7", "gp", "tp", "t0",
                                           "t1", "t2", "sp", "ra", "",    "s0",  "s1", "s2", "s3", "s4", "s5",
                                           "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  if (name == "zero") return kZeroRegister;
  for (uint8_t i = 0; i < kNames.size(); ++i) {
    if (!name.empty() && name == kNames[i]) return i;
  }
  return kNoRegister;
}

std::optional<int32_t> number_in(Text text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<int32_t>(negative ? 0u - value : value);
}

// "a5, 4(a0)" -> "a5", "4", "a0".
class Parts {
 public:
  explicit Parts(Text text) {
    for (size_t at = 0; at < text.size() && count_ < parts_.size();) {
      const size_t end = std::min(text.find_first_of(",() ", at), text.size());
      if (end > at) parts_[count_++] = text.substr(at, end - at);
      at = end + 1;
    }
  }
  size_t count() const { return count_; }
  Text operator[](size_t i) const { return i < count_ ? parts_[i] : Text(); }

 private:
  std::array<Text, 5> parts_;
  size_t count_ = 0;
};

class Reader {
 public:
  Reader(Text mnemonic, Text operands, uint32_t address, uint32_t bytes)
      : word_(mnemonic), parts_(operands), address_(address) {
    result_.bytes = static_cast<uint8_t>(bytes);
  }

  Operation run() {
    for (const Row& row : kRows) {
      if (row.word != word_) continue;
      result_.op = row.op;
      result_.width = row.width;
      result_.is_signed = row.is_signed;
      result_.immediate = row.immediate;
      result_.compare = row.compare;
      return read(row.shape) ? result_ : other();
    }
    return read_real() ? result_ : other();
  }

 private:
  bool read_real() {
    if (word_ == "fmv.x.w") return result_.op = Op::real_to_core, read_both(core_register, float_register);
    if (word_ == "fmv.w.x") return result_.op = Op::real_from_core, read_both(float_register, core_register);
    for (const RealRow& row : kReals) {
      if (row.word != word_) continue;
      result_.op = Op::real;
      result_.real = row.op;
      result_.to = float_register(parts_[0]);
      result_.left = float_register(parts_[1]);
      result_.right = parts_.count() > 2 ? float_register(parts_[2]) : result_.left;
      return result_.to != kNoRegister && result_.left != kNoRegister && result_.right != kNoRegister;
    }
    return false;
  }
  bool read_both(uint8_t (*to)(Text), uint8_t (*from)(Text)) {
    result_.to = to(parts_[0]);
    result_.right = from(parts_[1]);
    return result_.to != kNoRegister && result_.right != kNoRegister;
  }

  // Unknown work changes its first register at most.
  Operation other() const {
    Operation result;
    result.bytes = result_.bytes;
    const uint8_t number = core_register(parts_[0]);
    if (number < kZeroRegister) result.lost = 1u << number;
    result.real_lost = float_register(parts_[0]);
    return result;
  }

  bool register_at(size_t part, uint8_t& number) const {
    number = core_register(parts_[part]);
    return number != kNoRegister;
  }
  bool number_at(size_t part) {
    const auto number = number_in(parts_[part]);
    if (number) result_.immediate = *number;
    return number.has_value();
  }
  bool target_at(size_t part) {
    const auto offset = number_in(parts_[part]);
    if (offset) result_.target = address_ + static_cast<uint32_t>(*offset);
    return offset.has_value();
  }

  bool read(Shape shape) {
    switch (shape) {
      case Shape::three:
        return register_at(0, result_.to) && register_at(1, result_.left) &&
               (register_at(2, result_.right) || number_at(2));
      case Shape::two:
        return register_at(0, result_.to) && (register_at(1, result_.right) || number_at(1));
      case Shape::from_zero:
      case Shape::zero_less:
        result_.left = kZeroRegister;
        return register_at(0, result_.to) && register_at(1, result_.right);
      case Shape::against:
        return register_at(0, result_.to) && register_at(1, result_.left);
      case Shape::upper:
      case Shape::upper_pc:
        return register_at(0, result_.to) && read_upper(shape == Shape::upper_pc);
      case Shape::memory:
        return read_memory();
      default:
        return read_jump(shape);
    }
  }

  bool read_upper(bool from_here) {
    if (!number_at(1)) return false;
    const uint32_t upper = static_cast<uint32_t>(result_.immediate) << 12;
    result_.immediate = static_cast<int32_t>(from_here ? address_ + upper : upper);
    return true;
  }

  // A general or a float register.
  bool read_memory() {
    result_.general = register_at(0, result_.to);
    if (!result_.general) result_.to = float_register(parts_[0]);
    if (!register_at(2, result_.left)) return false;
    return number_at(1);
  }

  bool read_jump(Shape shape) {
    switch (shape) {
      case Shape::target:
        return target_at(0);
      case Shape::call:
        return parts_.count() == 1 ? target_at(0) : register_at(0, result_.to) && target_at(1);
      case Shape::compare:
        return register_at(0, result_.left) && register_at(1, result_.right) && target_at(2);
      case Shape::compare_0:
        result_.right = kZeroRegister;
        return register_at(0, result_.left) && target_at(1);
      case Shape::compare_0l:
        result_.left = kZeroRegister;
        return register_at(0, result_.right) && target_at(1);
      case Shape::through:
        if (parts_.count() == 2) return number_at(0) && register_at(1, result_.left);
        return parts_.count() == 1 && register_at(0, result_.left);
      default:
        result_.left = kReturnAddress;
        return true;
    }
  }

  Text word_;
  Parts parts_;
  uint32_t address_;
  Operation result_;
};

}  // namespace

Operation read_riscv_operation(std::string_view mnemonic, std::string_view operands, uint32_t address, uint32_t bytes) {
  return Reader(mnemonic, operands, address, bytes).run();
}

}  // namespace tinyc
