// SPDX-License-Identifier: Apache-2.0
// The computer that runs tinyc: no start-up code, no emulator.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::portable};

}  // namespace

extern const Target host;
const Target host = {
    .name = "host",
    .description = "The computer that runs tinyc",
    .isa = kIsa,
    .fpu = Fpu::double_precision,
    .little_endian = true,
    .pointer_bytes = 8,
    .feature_macro = nullptr,
    .feature_help = nullptr,
    .toolchain = Toolchain::host,
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
            .alu = 0.25,
            .load = 0.5,
            .load_next = 0.5,
            .store = 0.5,
            .mul = 1,
            .mla = 1,
            .mul_wide = 1,
            .dual_mac = 0,
            .branch = 1,
            .divide = 20,
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 1,
            .float_div = 10,
            .source = "Rough figures for a current desktop core; nothing is reported in cycles for the host.",
        },
};

}  // namespace tinyc::targets
