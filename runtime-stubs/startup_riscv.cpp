// SPDX-License-Identifier: 0BSD
// Start-up for RV32 on the emulator's `virt` machine, machine mode only: pointers, FPU, a trap handler that ends the
// run.
#include "platform.h"
#include "platform_board.h"

// Newer assemblers count the CSR instructions as an extension, which -march need not name.
#define CSR_ON ".option push\n.option arch, +zicsr\n"
#define CSR_OFF ".option pop\n"

extern "C" {

// Traps report from a stack of their own: the main one may be what is broken.
alignas(16) uint32_t platform_fault_stack[256];

[[noreturn]] void platform_report_fault(const uint32_t* stack) {
  uint32_t cause = 0;
  uint32_t pc = 0;
  uint32_t value = 0;
  asm volatile(CSR_ON "csrr %0, mcause\n" CSR_OFF : "=r"(cause));
  asm volatile(CSR_ON "csrr %0, mepc\n" CSR_OFF : "=r"(pc));
  asm volatile(CSR_ON "csrr %0, mtval\n" CSR_OFF : "=r"(value));
  platform_print_hex("\nfault: cause ", cause);
  platform_print_hex(" pc ", pc);
  platform_print_hex(" value ", value);
  if (stack < __stack_limit + kNearLimit) platform_print(" (stack overflow)");
  platform_print("\n");
  platform_exit(kPlatformFault);
}

// mtvec needs 4-byte alignment.
__attribute__((naked, aligned(4))) void platform_trap() {
  asm("mv a0, sp\n"
      "la sp, platform_fault_stack + 1024\n"
      "j platform_report_fault\n");
}

// First in memory: the machine starts at the base of its RAM whatever the ELF entry says.
// gp serves the linker's relaxation; tp must point at thread-local storage because the C library keeps errno there.
// Physical memory protection entry 0, locked (0x98: a power-of-two range, no access), closes the 64 KB below the stack,
// so that overflowing it faults; the linker script leaves them free.
__attribute__((naked, section(".vectors"), used)) void platform_reset() {
  asm(".option push\n.option norelax\n"
      "la gp, __global_pointer$\n"
      ".option pop\n"
      "la sp, __stack_top\n"
      "la tp, __tls_base\n"
      "la t0, platform_trap\n"
      "la t1, __stack_guard\n"
      "srli t1, t1, 2\n"
      "li t2, 0x10000 / 8 - 1\n"
      "or t1, t1, t2\n"
      "li t2, 0x98\n" CSR_ON
      "csrw mtvec, t0\n"
      "csrw pmpaddr0, t1\n"
      "csrw pmpcfg0, t2\n"
#ifdef __riscv_flen
      "li t0, 0x2000\n"  // mstatus.FS = initial: the FPU is off at reset
      "csrs mstatus, t0\n"
      "csrw fcsr, x0\n"
#endif
      CSR_OFF "j platform_run_main\n");
}

}  // extern "C"
