// SPDX-License-Identifier: Apache-2.0
// Cortex-M4 with its FPU, as nearly every part has it.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m4;
const Target cortex_m4 = {
    .name = "cortex-m4",
    .description = "Cortex-M4 with FPU (ARMv7E-M, single precision)",
    .isa = kIsa,
    .fpu = Fpu::single,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_DSP)",
    .feature_help = "-mcpu=cortex-m4 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard",
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
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 3,
            .float_div = 14,
            .source = "Cortex-M4 TRM (ARM 100166), 3.3.1 and 7.2.3: middle of the stated ranges for SDIV (2-12) "
                      "and taken branches (1 + 1-3); stores through the write buffer.",
            .vfp_loops = true,
        },
};

}  // namespace tinyc::targets
