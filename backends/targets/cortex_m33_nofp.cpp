// SPDX-License-Identifier: Apache-2.0
// Cortex-M33 with the DSP extension, without FPU.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv8m_dsp, Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m33_nofp;
const Target cortex_m33_nofp = {
    .name = "cortex-m33-nofp",
    .description = "Cortex-M33 with DSP, without FPU (ARMv8-M Mainline)",
    .isa = kIsa,
    .fpu = Fpu::none,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_DSP)",
    .feature_help = "-mcpu=cortex-m33 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m33 -mthumb -mfloat-abi=soft",
    .emulator =
        {
            .system = "arm",
            .machine = "mps2-an505",
            .cpu = nullptr,
            .options = "",
            .linker_script = "mps2_an505.ld",
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
            .source = "Arm publishes no table. LLVM schedules Cortex-M33 as Cortex-M4, so: Cortex-M4 TRM (ARM "
                      "100166). Library calls (division, floats, 64-bit products where the core lacks them): "
                      "libgcc 12 instructions counted in the emulator, one cycle each.",
        },
};

}  // namespace tinyc::targets
