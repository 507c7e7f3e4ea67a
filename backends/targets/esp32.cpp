// SPDX-License-Identifier: Apache-2.0
// Xtensa LX6. Distributions package no compiler for it, so it serves `check` and generic C++.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::portable};

}  // namespace

extern const Target esp32;
const Target esp32 = {
    .name = "esp32",
    .description = "Xtensa LX6 of the ESP32 (generic C++ only)",
    .isa = kIsa,
    .fpu = Fpu::single,
    .little_endian = true,
    .pointer_bytes = 4,
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
            .alu = 1,
            .load = 2,
            .load_next = 1,
            .store = 1,
            .mul = 2,
            .mla = 3,
            .mul_wide = 4,
            .dual_mac = 0,
            .branch = 3,
            .divide = 13,
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 1,
            .float_div = 20,
            .source = "Espressif publishes no table; rough figures for a single-issue 7-stage core with pipelined "
                      "FPU, for ranking only.",
            .registers = 14,
        },
};

}  // namespace tinyc::targets
