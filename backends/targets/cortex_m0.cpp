// SPDX-License-Identifier: Apache-2.0
// Cortex-M0. Any Thumb core runs its code, hence the weak feature test.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::armv6m, Isa::portable};

}  // namespace

extern const Target cortex_m0;
const Target cortex_m0 = {
    .name = "cortex-m0",
    .description = "Cortex-M0 (ARMv6-M, no FPU)",
    .isa = kIsa,
    .fpu = Fpu::none,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__thumb__)",
    .feature_help = "-mcpu=cortex-m0 -mthumb",
    .toolchain = Toolchain::arm_gnu,
    .compiler_flags = "-mcpu=cortex-m0 -mthumb -mfloat-abi=soft",
    .emulator =
        {
            .system = "arm",
            .machine = "microbit",
            .cpu = nullptr,
            .options = "-global nrf51-soc.flash-size=0x2000000 -global nrf51-soc.sram-size=0x1000000",
            .linker_script = "microbit.ld",
        },
    .timing =
        {
            .alu = 1,
            .load = 2,
            .load_next = 2,
            .store = 2,
            .mul = 1,
            .mla = 2,
            .mul_wide = 47,
            .dual_mac = 0,
            .branch = 3,
            .divide = 132,
            .float_add = 68,
            .float_mul = 118,
            .float_mac = 186,
            .float_div = 379,
            .source = "Cortex-M0 TRM (ARM DDI 0432C), 3.3, with the single-cycle multiplier. Library calls "
                      "(division, floats, 64-bit products where the core lacks them): libgcc 12 instructions "
                      "counted in the emulator, one cycle each.",
            .registers = 8,
            .load_signed = 3,
        },
};

}  // namespace tinyc::targets
