// SPDX-License-Identifier: 0BSD
// Start-up for emulated Cortex-M boards, ARMv6-M to ARMv8.1-M: vectors, FPU and MVE, faults that end the run.
#include "platform.h"
#include "platform_board.h"

#if __ARM_ARCH >= 7 && !defined(__ARM_ARCH_8M_BASE__)
#define PLATFORM_HAS_FAULT_STATUS 1
#endif
#if defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)
#define PLATFORM_HAS_STACK_LIMIT 1
#endif

namespace {

// System control block registers (Armv7-M and Armv8-M Architecture Reference Manuals).
enum : uintptr_t {
  kCfsr = 0xe000ed28,
  kHfsr = 0xe000ed2c,
  kBfar = 0xe000ed38,
  kCpacr = 0xe000ed88,
  kMpuControl = 0xe000ed94,
  kMpuBase = 0xe000ed9c,
  kMpuAttributes = 0xe000eda0,
};

[[maybe_unused]] volatile uint32_t& register_at(uintptr_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

}  // namespace

extern "C" {

// Faults report from a stack of their own: the main one may be what is broken.
alignas(8) uint32_t platform_fault_stack[256];

[[noreturn]] void platform_report_fault(const uint32_t* frame) {
  uint32_t exception = 0;
  asm volatile("mrs %0, ipsr" : "=r"(exception));
  platform_print_hex("\nfault: exception ", exception & 0x1ff);
  // The hardware stacked r0-r3, r12, lr, pc, xpsr, unless the stack pointer had left the stack.
  if (frame >= __stack_limit && frame + 8 <= __stack_top) {
    platform_print_hex(" pc ", frame[6]);
    platform_print_hex(" lr ", frame[5]);
  }
  if (frame < __stack_limit + kNearLimit) platform_print(" (stack overflow)");
#ifdef PLATFORM_HAS_FAULT_STATUS
  platform_print_hex(" cfsr ", register_at(kCfsr));
  platform_print_hex(" hfsr ", register_at(kHfsr));
  platform_print_hex(" bfar ", register_at(kBfar));
#endif
  platform_print("\n");
  platform_exit(kPlatformFault);
}

__attribute__((naked)) void platform_fault() {
  asm(".syntax unified\n"
#ifdef PLATFORM_HAS_STACK_LIMIT
      "movs r0, #0\n"
      "msr msplim, r0\n"
#endif
      "mov r0, sp\n"
      "ldr r1, =platform_fault_stack + 1024\n"
      "mov sp, r1\n"
      "ldr r1, =platform_report_fault\n"
      "bx r1\n"
      ".ltorg\n");
}

// A stack overflow must fault. ARMv8-M has a limit register; on ARMv6-M nothing is mapped below the stack;
// the ARMv7-M boards swallow writes there, so the memory protection unit closes the 64 KB below.
void platform_guard_stack() {
#if defined(PLATFORM_HAS_STACK_LIMIT)
  asm volatile("msr msplim, %0" ::"r"(__stack_limit));
#elif __ARM_ARCH == 7
  constexpr uint32_t kRegion0 = 1U << 4;
  constexpr uint32_t kNoAccess64K = (15U << 1) | 1U;
  constexpr uint32_t kEnableWithDefaultMap = 5;
  register_at(kMpuBase) = (reinterpret_cast<uintptr_t>(__stack_limit) - 0x10000U) | kRegion0;
  register_at(kMpuAttributes) = kNoAccess64K;
  register_at(kMpuControl) = kEnableWithDefaultMap;
  asm volatile("dsb\nisb" ::: "memory");
#endif
}

void platform_reset() {
  platform_guard_stack();
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  // Full access to coprocessors 10 and 11, which are the FPU and MVE alike; closed at reset.
  register_at(kCpacr) = register_at(kCpacr) | (0xfU << 20);
  asm volatile("dsb\nisb" ::: "memory");
#endif
  platform_run_main();  // another translation unit, so that no FPU instruction can move in front of the above
}

using Handler = void (*)();

// Only the system exceptions: no interrupt is ever enabled. Everything but reset ends the run.
extern const Handler platform_vectors[16];
__attribute__((section(".vectors"), used)) const Handler platform_vectors[16] = {
    reinterpret_cast<Handler>(__stack_top),
    platform_reset,
    platform_fault,  // NMI
    platform_fault,  // HardFault, the only one that ARMv6-M has
    platform_fault,  // MemManage
    platform_fault,  // BusFault
    platform_fault,  // UsageFault
    platform_fault,  // SecureFault
    platform_fault,
    platform_fault,
    platform_fault,
    platform_fault,  // SVCall
    platform_fault,  // DebugMonitor
    platform_fault,
    platform_fault,  // PendSV
    platform_fault,  // SysTick
};

}  // extern "C"
