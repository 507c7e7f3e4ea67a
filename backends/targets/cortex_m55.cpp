// SPDX-License-Identifier: Apache-2.0
// Cortex-M55 with integer and float MVE. Timings are of scalar instructions.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv81m_mve, Isa::armv8m_dsp, Isa::armv7em_dsp, Isa::armv7m, Isa::portable};

}  // namespace

extern const Target cortex_m55;
const Target cortex_m55 = {
    .name = "cortex-m55",
    .description = "Cortex-M55 (ARMv8.1-M, MVE with floats)",
    .isa = kIsa,
    .fpu = Fpu::double_precision,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__ARM_FEATURE_MVE) && ((__ARM_FEATURE_MVE & 3) == 3)",
    .feature_help = "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m55 -mthumb -mfpu=auto -mfloat-abi=hard",
    .emulator =
        {
            .system = "arm",
            .machine = "mps3-an547",
            .cpu = nullptr,
            .options = "",
            .linker_script = "mps3_an547.ld",
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
            .branch = 2,
            .divide = 7,
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 1,
            .float_div = 14,
            .source = "Arm publishes no table. Issue rates of LLVM's model (ARMScheduleM55.td): one scalar "
                      "instruction a cycle, loads and products 2 cycles of latency; a vector instruction occupies "
                      "its pipe for 2 cycles. Branches and division estimated from the Cortex-M4's.",
        },
};

}  // namespace tinyc::targets
