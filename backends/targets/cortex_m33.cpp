// SPDX-License-Identifier: Apache-2.0
// Cortex-M33 with the optional DSP extension and FPU, as nearly every part has them.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv8m_dsp, Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m33;
const Target cortex_m33 = {
    .name = "cortex-m33",
    .description = "Cortex-M33 with FPU and DSP (ARMv8-M Mainline)",
    .isa = kIsa,
    .fpu = Fpu::single,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_DSP)",
    .feature_help = "-mcpu=cortex-m33 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m33 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard",
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
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 3,
            .float_div = 14,
            .source = "Arm publishes no table. LLVM schedules Cortex-M33 as Cortex-M4, so: Cortex-M4 TRM (ARM "
                      "100166).",
            .vfp_loops = true,
        },
};

}  // namespace tinyc::targets
