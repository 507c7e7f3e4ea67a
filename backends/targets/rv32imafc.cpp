// SPDX-License-Identifier: Apache-2.0
// RV32IMAFC, as in the ESP32-P4.
#include "backends/target.h"

namespace tinyc::targets {
namespace {

constexpr Isa kIsa[] = {Isa::riscv, Isa::portable};

}  // namespace

extern const Target rv32imafc;
const Target rv32imafc = {
    .name = "rv32imafc",
    .description = "RISC-V RV32IMAFC (single precision FPU)",
    .isa = kIsa,
    .fpu = Fpu::single,
    .little_endian = true,
    .pointer_bytes = 4,
    .feature_macro = "defined(__riscv) && (__riscv_xlen == 32)",
    .feature_help = "-march=rv32imafc -mabi=ilp32f",
    .toolchain = Toolchain::riscv_gnu,
    .compiler_flags = "-march=rv32imafc -mabi=ilp32f",
    .emulator =
        {
            .system = "riscv32",
            .machine = "virt",
            .cpu = "rv32,d=false",
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
            .float_add = 1,
            .float_mul = 1,
            .float_mac = 1,
            .float_div = 17,
            .source = "SiFive E31 (FE310-G000 manual, 3.3): five stages, result latencies LW 2, MUL 5, DIV 2-33; "
                      "mispredicted branches 3, predicted 0. Independent instructions assumed between "
                      "multiplications. Floats: one a cycle, division as the integer one, assumed.",
            .registers = 26,
        },
};

}  // namespace tinyc::targets
