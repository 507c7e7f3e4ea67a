// SPDX-License-Identifier: Apache-2.0
// What single-precision instructions do while a library function is followed; expectations from DDI 0403, A7.5.
#include <bit>

#include "compiler/analyser/machine.h"
#include "tests/unit/catch.h"

using namespace tinyc;

namespace {

Machine with_reals(const ElfFile& file, float s1, float s2) {
  Machine machine(file);
  machine.start(0x2000, 4);
  machine.in_library(true);
  machine.state.reals[0] = known(std::bit_cast<uint32_t>(10.0f));
  machine.state.reals[1] = known(std::bit_cast<uint32_t>(s1));
  machine.state.reals[2] = known(std::bit_cast<uint32_t>(s2));
  return machine;
}

void run(Machine& machine, std::string_view mnemonic, std::string_view operands) {
  machine.execute(read_operation(mnemonic, operands, 0x1000, 4, kAlways), 0x1000);
}

float s0_after(std::string_view mnemonic, std::string_view operands, float s1, float s2) {
  const ElfFile nothing;
  Machine machine = with_reals(nothing, s1, s2);
  run(machine, mnemonic, operands);
  INFO(mnemonic << " " << operands);
  CHECK(machine.state.reals[0].known);
  return std::bit_cast<float>(machine.state.reals[0].bits);
}

uint32_t bits_after(std::string_view mnemonic, float s1) {
  return std::bit_cast<uint32_t>(s0_after(mnemonic, "s0, s1", s1, 0));
}

}  // namespace

TEST_CASE("floats of library functions") {
  CHECK(s0_after("vadd.f32", "s0, s1, s2", 1.5f, 2) == 3.5f);
  CHECK(s0_after("vsub.f32", "s0, s1, s2", 1.5f, 2) == -0.5f);
  CHECK(s0_after("vmul.f32", "s0, s1, s2", 1.5f, 2) == 3.0f);
  CHECK(s0_after("vnmul.f32", "s0, s1, s2", 1.5f, 2) == -3.0f);
  CHECK(s0_after("vdiv.f32", "s0, s1, s2", 3, 2) == 1.5f);
  CHECK(s0_after("vneg.f32", "s0, s1", 3, 0) == -3.0f);
  CHECK(s0_after("vabs.f32", "s0, s1", -3, 0) == 3.0f);
  CHECK(s0_after("vsqrt.f32", "s0, s1", 9, 0) == 3.0f);
  CHECK(s0_after("vfma.f32", "s0, s1, s2", 3, 2) == 16.0f);
  CHECK(s0_after("vfms.f32", "s0, s1, s2", 3, 2) == 4.0f);
  CHECK(s0_after("vfnma.f32", "s0, s1, s2", 3, 2) == -16.0f);
  CHECK(s0_after("vfnms.f32", "s0, s1, s2", 3, 2) == -4.0f);
  CHECK(s0_after("vmla.f32", "s0, s1, s2", 3, 2) == 16.0f);
  CHECK(s0_after("vmls.f32", "s0, s1, s2", 3, 2) == 4.0f);
  CHECK(s0_after("vmov.f32", "s0, #-2.500000e-01", 0, 0) == -0.25f);
  CHECK(bits_after("vcvt.s32.f32", -2.9f) == 0xFFFFFFFE);
  CHECK(bits_after("vcvt.s32.f32", 1e20f) == 0x7FFFFFFF);
  CHECK(bits_after("vcvt.u32.f32", -2.9f) == 0);
  CHECK(s0_after("vcvt.f32.s32", "s0, s1", std::bit_cast<float>(0xFFFFFFFEu), 0) == -2.0f);
  CHECK(s0_after("vcvt.f32.u32", "s0, s1", std::bit_cast<float>(0xFFFFFF00u), 0) == 4294967040.0f);
}

TEST_CASE("comparisons of floats decide jumps, and only inside a library function") {
  const ElfFile nothing;
  const auto jumps = [&](float s1, float s2, std::string_view branch, bool inside) {
    Machine machine = with_reals(nothing, s1, s2);
    if (!inside) machine.in_library(false);
    run(machine, "vcmp.f32", "s1, s2");
    run(machine, "vmrs", "apsr_nzcv, fpscr");
    return machine.execute(read_operation(branch, "#8", 0x1000, 2, kAlways), 0x1000).way;
  };
  using Way = Machine::Step::Way;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(jumps(1, 2, "bmi", true) == Way::jump);
  CHECK(jumps(2, 1, "bmi", true) == Way::next);
  CHECK(jumps(2, 1, "bgt", true) == Way::jump);
  CHECK(jumps(2, 2, "beq", true) == Way::jump);
  CHECK(jumps(nan, 2, "bvs", true) == Way::jump);
  CHECK(jumps(nan, 2, "bgt", true) == Way::next);
  CHECK(jumps(1, 2, "bmi", false) == Way::undecided);
}
