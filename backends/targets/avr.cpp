// SPDX-License-Identifier: Apache-2.0
// 8-bit AVR. Constants live in RAM unless the C++ compiler places them in flash; serves `check` and generic C++.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::portable};

}  // namespace

extern const Target avr;
const Target avr = {
    .name = "avr",
    .description = "AVR with hardware multiplier, ATmega (generic C++ only)",
    .isa = kIsa,
    .fpu = Fpu::none,
    .little_endian = true,
    .pointer_bytes = 2,
    .feature_macro = nullptr,
    .feature_help = nullptr,
    .toolchain = Toolchain::none,
    .compiler_flags = "",
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
            .alu = 4,
            .load = 8,
            .load_next = 8,
            .store = 8,
            .mul = 30,
            .mla = 34,
            .mul_wide = 90,
            .dual_mac = 0,
            .branch = 2,
            .divide = 600,
            .float_add = 110,
            .float_mul = 120,
            .float_mac = 230,
            .float_div = 480,
            .source = "AVR Instruction Set Manual (Microchip DS40002198), 32-bit operations composed of 8-bit ones "
                      "(load and store 2 cycles a byte); library calls are rough estimates.",
            .registers = 6,
        },
};

}  // namespace tinyc::targets
