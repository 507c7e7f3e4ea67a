// SPDX-License-Identifier: Apache-2.0
// Cortex-M7. The FPU is given as single precision although many parts also have double: emitted code
// computes in single precision only, so this costs nothing and also runs on parts such as the STM32F746.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m7;
const Target cortex_m7 = {
    .name = "cortex-m7",
    .description = "Cortex-M7 (ARMv7E-M, single precision FPU)",
    .isa = kIsa,
    .fpu = Fpu::single,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_DSP)",
    .feature_help = "-mcpu=cortex-m7 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m7 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard",
    .emulator =
        {
            .system = "arm",
            .machine = "mps2-an500",
            .cpu = nullptr,
            .options = "",
            .linker_script = "mps2_an500.ld",
        },
    .timing =
        {
            .alu = 0.5,
            .load = 1,
            .load_next = 0.5,
            .store = 1,
            .mul = 1,
            .mla = 1,
            .mul_wide = 1,
            .dual_mac = 1,
            .branch = 1,
            .divide = 7,
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 1,
            .float_div = 16,
            .source = "Arm publishes no table. Issue rates of LLVM's model (ARMScheduleM7.td): two issue slots, "
                      "two load pipes, one each for stores, multiplication and floats; branches taken as "
                      "predicted.",
            .vfp_loops = true,
        },
};

}  // namespace tinyc::targets
