// SPDX-License-Identifier: Apache-2.0
// RV32IMC, as in the ESP32-C3 and GD32VF103.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::riscv, Isa::portable};

}  // namespace

extern const Target rv32imc;
const Target rv32imc = {
    .name = "rv32imc",
    .description = "RISC-V RV32IMC (no FPU)",
    .isa = kIsa,
    .fpu = Fpu::none,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__riscv) && (__riscv_xlen == 32)",
    .feature_help = "-march=rv32imc -mabi=ilp32",
    .toolchain = Toolchain::riscv_gnu,
    .compiler_flags = "-march=rv32imc -mabi=ilp32",
    .emulator =
        {
            .system = "riscv32",
            .machine = "virt",
            .cpu = "rv32,a=false,f=false,d=false",
            .options = "-bios none",
            .linker_script = "riscv_virt.ld",
        },
    .timing =
        {
            .alu = 1,
            .load = 2,
            .load_next = 1,
            .store = 1,
            .mul = 5,
            .mla = 6,
            .mul_wide = 10,
            .dual_mac = 0,
            .branch = 1,
            .divide = 17,
            .float_add = 69,
            .float_mul = 108,
            .float_mac = 177,
            .float_div = 107,
            .source = "SiFive E31 (FE310-G000 manual, 3.3): five stages, result latencies LW 2, MUL 5, DIV 2-33; "
                      "mispredicted branches 3, predicted 0. Independent instructions assumed between "
                      "multiplications. Library calls (division, floats, 64-bit products where the core lacks "
                      "them): libgcc 12 instructions counted in the emulator, one cycle each.",
            .registers = 26,
        },
};

}  // namespace tinyc::targets
