// SPDX-License-Identifier: Apache-2.0
// Reading of instructions against the architecture manuals: what they are, what they touch.
#include "compiler/counter/instruction.h"

#include <catch2/catch.hpp>

using namespace tinyc;

namespace {

constexpr uint32_t bit(int number) { return 1u << number; }

}  // namespace

TEST_CASE("Thumb mnemonics are told apart", "[counter]") {
  CHECK(read_arm("b.n", "8010 <f+0x10>").kind == Kind::branch);
  CHECK(read_arm("bls.n", "8010 <f>").kind == Kind::branch);
  CHECK(read_arm("blt.w", "8010 <f>").kind == Kind::branch);
  CHECK(read_arm("ble.n", "8010 <f>").kind == Kind::branch);
  CHECK(read_arm("bl", "8010 <f>").kind == Kind::call);
  CHECK(read_arm("blx", "r3").kind == Kind::branch_register);
  CHECK(read_arm("bx", "lr").kind == Kind::branch_register);
  CHECK(read_arm("bics", "r1, r2").kind == Kind::alu);
  CHECK(read_arm("bfi", "r1, r2, #4, #4").kind == Kind::alu);
  CHECK(read_arm("cbnz", "r1, 8010 <f>").kind == Kind::branch);
  CHECK(read_arm("itte", "ne").kind == Kind::it);
  CHECK(read_arm("smlad", "r4, r3, lr, r4").kind == Kind::multiply_dual);
  CHECK(read_arm("smlabb", "r4, r3, lr, r4").kind == Kind::multiply_half);
  CHECK(read_arm("smmla", "r4, r4, r3, r2").kind == Kind::multiply_half);
  CHECK(read_arm("smlal", "r4, r5, r3, r2").kind == Kind::multiply_add_long);
  CHECK(read_arm("smull", "r4, r5, r3, r2").kind == Kind::multiply_long);
  CHECK(read_arm("mls", "r4, r5, r3, r2").kind == Kind::multiply_add);
  CHECK(read_arm("sdiv", "r4, r5, r3").kind == Kind::divide);
  CHECK(read_arm("vfma.f32", "s0, s1, s2").kind == Kind::float_mac);
  CHECK(read_arm("vmul.f32", "s0, s1, s2").kind == Kind::float_alu);
  CHECK(read_arm("vmlava.s8", "r0, q1, q2").kind == Kind::vector_mac);
  CHECK(read_arm("vldrb.8", "q1, [r0], #16").kind == Kind::vector_load);
  CHECK(read_arm("mov", "pc, lr").kind == Kind::branch_register);
}

TEST_CASE("loads and stores say what they touch", "[counter]") {
  const Instruction plain = read_arm("ldr.w", "r3, [r0, #4]");
  CHECK(plain.kind == Kind::load);
  CHECK(plain.written == bit(3));
  CHECK(plain.address == bit(0));
  CHECK_FALSE(plain.writes_base);
  CHECK_FALSE(plain.register_offset);
  CHECK(read_arm("ldrsb.w", "r3, [r0, r1]").register_offset);
  CHECK(read_arm("ldr.w", "r3, [r0], #4").writes_base);
  CHECK(read_arm("ldr.w", "r3, [r0, #4]!").writes_base);
  const Instruction store = read_arm("str", "r3, [r0, #4]");
  CHECK(store.written == 0);
  CHECK(store.read == (bit(3) | bit(0)));
}

TEST_CASE("multiple loads count their registers", "[counter]") {
  const Instruction pop = read_arm("pop", "{r4, r5, r6, pc}");
  CHECK(pop.kind == Kind::load_multiple);
  CHECK(pop.registers == 4);
  CHECK(pop.loads_pc);
  CHECK(read_arm("ldmia.w", "r1!, {r4-r7, lr}").registers == 5);
  CHECK(read_arm("stmdb", "sp!, {r4, r5}").registers == 2);
  CHECK(read_arm("vldmia", "r0!, {s0-s3}").registers == 4);
}

TEST_CASE("RISC-V mnemonics are told apart", "[counter]") {
  const Instruction load = read_riscv("lw", "a5,4(a0)");
  CHECK(load.kind == Kind::load);
  CHECK(load.written == bit(15));
  CHECK(load.address == bit(10));
  CHECK(read_riscv("mul", "a0,a0,a1").kind == Kind::multiply);
  CHECK(read_riscv("bnez", "a0,80000010 <f>").kind == Kind::branch);
  CHECK(read_riscv("ret", "").kind == Kind::branch_register);
  CHECK(read_riscv("addi", "a0,a0,1").kind == Kind::alu);
}
