// SPDX-License-Identifier: Apache-2.0
// Cortex-M3. Any core with Thumb-2 runs its code.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m3;
const Target cortex_m3 = {
    .name = "cortex-m3",
    .description = "Cortex-M3 (ARMv7-M, no FPU)",
    .isa = kIsa,
    .fpu = Fpu::none,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__thumb2__)",
    .feature_help = "-mcpu=cortex-m3 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m3 -mthumb -mfloat-abi=soft",
    .emulator =
        {
            .system = "arm",
            .machine = "mps2-an385",
            .cpu = nullptr,
            .options = "",
            .linker_script = "mps2_an385.ld",
        },
    .timing =
        {
            .alu = 1,
            .load = 2,
            .load_next = 1,
            .store = 1,
            .mul = 1,
            .mla = 2,
            .mul_wide = 4,
            .dual_mac = 0,
            .branch = 3,
            .divide = 7,
            .float_add = 49,
            .float_mul = 33,
            .float_mac = 82,
            .float_div = 149,
            .source = "Cortex-M3 TRM (ARM DDI 0337), instruction set summary: middle of the stated ranges for "
                      "SMULL (3-5), SDIV (2-12) and taken branches (1 + 1-3); stores through the write buffer. "
                      "Library calls (division, floats, 64-bit products where the core lacks them): libgcc 12 "
                      "instructions counted in the emulator, one cycle each.",
        },
};

}  // namespace tinyc::targets
