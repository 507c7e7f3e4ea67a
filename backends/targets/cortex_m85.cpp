// SPDX-License-Identifier: Apache-2.0
// Cortex-M85. Named by architecture because GCC 12 does not know the core; there is no emulator for it.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv81m_mve, Isa::armv8m_dsp, Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m85;
const Target cortex_m85 = {
    .name = "cortex-m85",
    .description = "Cortex-M85 (ARMv8.1-M, MVE with floats; build only)",
    .isa = kIsa,
    .fpu = Fpu::double_precision,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_MVE) && ((__ARM_FEATURE_MVE & 3) == 3)",
    .feature_help = "-march=armv8.1-m.main+mve.fp+fp.dp -mthumb -mfloat-abi=hard",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-march=armv8.1-m.main+mve.fp+fp.dp -mthumb -mfpu=auto -mfloat-abi=hard",
    .emulator =
        {
            .system = "",
            .machine = "",
            .cpu = nullptr,
            .options = "",
            .linker_script = "",
        },
    .timing =
        {
            .alu = 0.5,
            .load = 1,
            .load_next = 0.5,
            .store = 0.5,
            .mul = 1,
            .mla = 1,
            .mul_wide = 1,
            .dual_mac = 1,
            .branch = 1,
            .divide = 7,
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 1,
            .float_div = 14,
            .source = "Arm publishes no table. Issue rates of LLVM's model (ARMScheduleM85.td): two issue slots, two "
                      "load and "
                      "two store pipes, one for multiplication; branches taken as predicted; scalar instructions.",
        },
};

}  // namespace tinyc::targets
