// SPDX-License-Identifier: Apache-2.0
// What RISC-V instructions do on known values; expectations from The RISC-V Instruction Set Manual, volume I.
#include <bit>

#include "compiler/analyser/machine.h"
#include "tests/unit/catch.h"

using namespace tinyc;

namespace {

struct Outcome {
  Value a2;
  Machine::Step step;
};

// At 0x1000, with a0 and a1.
Outcome executed(std::string_view mnemonic, std::string_view operands, Value a0, Value a1) {
  const ElfFile nothing;
  Machine machine(nothing);
  machine.start(0x2000, 8);
  machine.state.registers[0] = a0;
  machine.state.registers[1] = a1;
  const Machine::Step step = machine.execute(read_riscv_operation(mnemonic, operands, 0x1000, 4), 0x1000);
  return {machine.state.registers[2], step};
}

uint32_t result(std::string_view mnemonic, std::string_view operands, uint32_t a0, uint32_t a1 = 0) {
  const Outcome outcome = executed(mnemonic, operands, known(a0), known(a1));
  INFO(mnemonic << " " << operands);
  CHECK(outcome.a2.known);
  return outcome.a2.bits;
}

bool jumps(std::string_view mnemonic, uint32_t a0, uint32_t a1) {
  const bool with_zero = mnemonic.ends_with('z');
  const Outcome outcome = executed(mnemonic, with_zero ? "a0, -16" : "a0, a1, -16", known(a0), known(a1));
  if (outcome.step.way == Machine::Step::Way::jump) CHECK(outcome.step.target == 0xFF0);
  return outcome.step.way == Machine::Step::Way::jump;
}

constexpr uint32_t kMinus3 = 0xFFFFFFFD;

}  // namespace

TEST_CASE("RISC-V arithmetic on known values") {
  CHECK(result("addi", "a2, a0, -5", 3) == 0xFFFFFFFE);
  CHECK(result("sub", "a2, a0, a1", 3, 5) == 0xFFFFFFFE);
  CHECK(result("lui", "a2, 1048575", 0) == 0xFFFFF000);
  CHECK(result("auipc", "a2, 1", 0) == 0x2000);
  CHECK(result("xori", "a2, a0, -1", 0xF0) == 0xFFFFFF0F);
  CHECK(result("not", "a2, a0", 0xF0) == 0xFFFFFF0F);
  CHECK(result("neg", "a2, a0", 3) == kMinus3);
  CHECK(result("srai", "a2, a0, 1", kMinus3) == 0xFFFFFFFE);
  CHECK(result("srli", "a2, a0, 1", kMinus3) == 0x7FFFFFFE);
  CHECK(result("slt", "a2, a0, a1", kMinus3, 2) == 1);
  CHECK(result("sltu", "a2, a0, a1", kMinus3, 2) == 0);
  CHECK(result("seqz", "a2, a0", 0) == 1);
  CHECK(result("snez", "a2, a0", 0) == 0);
  CHECK(result("sltz", "a2, a0", kMinus3) == 1);
  CHECK(result("sgtz", "a2, a0", kMinus3) == 0);
  CHECK(result("zext.b", "a2, a0", 0x1234) == 0x34);
  CHECK(result("mulh", "a2, a0, a1", kMinus3, 2) == 0xFFFFFFFF);
  CHECK(result("mulhu", "a2, a0, a1", kMinus3, 2) == 1);
  CHECK(result("div", "a2, a0, a1", kMinus3, 2) == 0xFFFFFFFF);
  CHECK(result("rem", "a2, a0, a1", kMinus3, 2) == 0xFFFFFFFF);
  CHECK(result("divu", "a2, a0, a1", kMinus3, 2) == 0x7FFFFFFE);
  CHECK(result("remu", "a2, a0, a1", kMinus3, 2) == 1);
  CHECK(result("mv", "a2, zero", 7) == 0);
}

TEST_CASE("RISC-V jumps on known values") {
  CHECK(jumps("beq", 5, 5));
  CHECK_FALSE(jumps("bne", 5, 5));
  CHECK(jumps("blt", kMinus3, 2));
  CHECK_FALSE(jumps("bltu", kMinus3, 2));
  CHECK(jumps("bge", 2, 2));
  CHECK(jumps("bgeu", kMinus3, 2));
  CHECK(jumps("blez", 0, 1));
  CHECK(jumps("blez", kMinus3, 1));
  CHECK_FALSE(jumps("bgtz", 0, 1));
  CHECK(jumps("bgez", 0, 1));
  CHECK(jumps("bltz", kMinus3, 1));
  CHECK(executed("jr", "a0", known(0x3001), kUnknown).step.target == 0x3000);
  CHECK(executed("ret", "", kUnknown, kUnknown).step.target == 0x2000);
  CHECK(executed("jalr", "8(a0)", known(0x3000), kUnknown).step.target == 0x3008);
}

TEST_CASE("RISC-V floats of library functions") {
  const auto bits = [](std::string_view mnemonic, std::string_view operands, float a, float b) {
    const ElfFile nothing;
    Machine machine(nothing);
    machine.start(0x2000, 8);
    machine.in_library(true);
    machine.state.reals[0] = known(std::bit_cast<uint32_t>(a));
    machine.state.reals[1] = known(std::bit_cast<uint32_t>(b));
    machine.execute(read_riscv_operation(mnemonic, operands, 0x1000, 4), 0x1000);
    machine.execute(read_riscv_operation("fmv.x.w", "a2, fa0", 0x1004, 4), 0x1004);
    CHECK(machine.state.registers[2].known);
    return std::bit_cast<float>(machine.state.registers[2].bits);
  };
  CHECK(bits("fadd.s", "fa0, fa0, fa1", 3, 2) == 5.0f);
  CHECK(bits("fsub.s", "fa0, fa0, fa1", 3, 2) == 1.0f);
  CHECK(bits("fmul.s", "fa0, fa0, fa1", 3, 2) == 6.0f);
  CHECK(bits("fdiv.s", "fa0, fa0, fa1", 3, 2) == 1.5f);
  CHECK(bits("fneg.s", "fa0, fa1", 3, 2) == -2.0f);
  CHECK(bits("fabs.s", "fa0, fa1", 3, -2) == 2.0f);
  CHECK(bits("fsqrt.s", "fa0, fa1", 3, 4) == 2.0f);
  CHECK(bits("fmv.s", "fa0, fa1", 3, 4) == 4.0f);
}

TEST_CASE("what RISC-V instructions make of unknown values is unknown") {
  CHECK_FALSE(executed("add", "a2, a0, a1", kUnknown, known(1)).a2.known);
  CHECK_FALSE(executed("lw", "a2, 0(a0)", kUnknown, known(1)).a2.known);
  CHECK_FALSE(executed("fmv.x.w", "a2, fa0", known(0), known(0)).a2.known);
  CHECK(executed("beq", "a0, a1, 8", kUnknown, known(1)).step.way == Machine::Step::Way::undecided);
  CHECK(executed("jr", "a0", kUnknown, known(1)).step.way == Machine::Step::Way::lost);
  CHECK(executed("ebreak", "", known(0), known(0)).step.way == Machine::Step::Way::stop);
}
