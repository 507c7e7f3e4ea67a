// SPDX-License-Identifier: Apache-2.0
// Mnemonics: The RISC-V Instruction Set Manual, volume I, as GNU objdump spells them (compressed forms without "c.").
#include <optional>

#include "compiler/counter/instruction.h"

namespace tinyc {
namespace {

using Text = std::string_view;

struct Row {
  Text word;
  Kind kind;
};
constexpr Row kWords[] = {
    {"lb", Kind::load},
    {"lbu", Kind::load},
    {"lh", Kind::load},
    {"lhu", Kind::load},
    {"lw", Kind::load},
    {"sb", Kind::store},
    {"sh", Kind::store},
    {"sw", Kind::store},
    {"flw", Kind::float_load},
    {"fsw", Kind::float_store},
    {"mul", Kind::multiply},
    {"mulh", Kind::multiply_long},
    {"mulhu", Kind::multiply_long},
    {"mulhsu", Kind::multiply_long},
    {"div", Kind::divide},
    {"divu", Kind::divide},
    {"rem", Kind::divide},
    {"remu", Kind::divide},
    {"j", Kind::branch},
    {"jal", Kind::call},
    {"call", Kind::call},
    {"jr", Kind::branch_register},
    {"jalr", Kind::branch_register},
    {"ret", Kind::branch_register},
    {"tail", Kind::branch},
    {"fdiv.s", Kind::float_divide},
    {"fsqrt.s", Kind::float_divide},
    {"ecall", Kind::system},
    {"ebreak", Kind::system},
    {"fence", Kind::system},
    {"fence.i", Kind::system},
};

Kind kind_of(Text word) {
  for (const Row& row : kWords) {
    if (word == row.word) return row.kind;
  }
  if (word.starts_with("csr")) return Kind::system;
  if (word.starts_with("fmadd") || word.starts_with("fmsub") || word.starts_with("fnm")) return Kind::float_mac;
  if (word.starts_with("fmv")) return Kind::float_move;
  if (word.starts_with("f")) return Kind::float_alu;
  if (word.starts_with("b")) return Kind::branch;
  return Kind::alu;
}

std::optional<uint32_t> bit_of(Text name) {
  constexpr Text kNames[] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                             "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                             "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  for (uint32_t i = 1; i < 32; ++i) {
    if (name == kNames[i]) return 1u << i;
  }
  return std::nullopt;
}

}  // namespace

Instruction read_riscv(std::string_view mnemonic, std::string_view operands) {
  Instruction result;
  result.kind = kind_of(mnemonic);
  const InstructionClass what = class_of(result.kind);
  bool first = what != InstructionClass::store && !(what == InstructionClass::branch);
  bool in_address = false;
  for (size_t at = 0; at < operands.size();) {
    if (operands[at] == '<' || operands[at] == '#') break;
    in_address |= operands[at] == '(';
    const size_t end = std::min(operands.find_first_of(",() ", at), operands.size());
    const auto bit = bit_of(operands.substr(at, end - at));
    if (bit) {
      if (in_address) result.address |= *bit;
      (first ? result.written : result.read) |= *bit;
    }
    if (end > at) first = false;
    at = end == at ? at + 1 : end;
  }
  return result;
}

}  // namespace tinyc
