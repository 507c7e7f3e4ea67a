// SPDX-License-Identifier: Apache-2.0
// Cortex-M4 without FPU.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m4_nofp;
const Target cortex_m4_nofp = {
    .name = "cortex-m4-nofp",
    .description = "Cortex-M4 without FPU (ARMv7E-M)",
    .isa = kIsa,
    .fpu = Fpu::none,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_DSP)",
    .feature_help = "-mcpu=cortex-m4 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft",
    .emulator =
        {
            .system = "arm",
            .machine = "mps2-an386",
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
            .mla = 1,
            .mul_wide = 1,
            .dual_mac = 1,
            .branch = 3,
            .divide = 7,
            .float_add = 49,
            .float_mul = 33,
            .float_mac = 82,
            .float_div = 149,
            .source = "Cortex-M4 TRM (ARM 100166), 3.3.1 and 7.2.3: middle of the stated ranges for SDIV (2-12) "
                      "and taken branches (1 + 1-3); stores through the write buffer. Library calls (division, "
                      "floats, 64-bit products where the core lacks them): libgcc 12 instructions counted in the "
                      "emulator, one cycle each.",
        },
};

}  // namespace tinyc::targets
