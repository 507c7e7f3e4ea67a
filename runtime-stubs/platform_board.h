// SPDX-License-Identifier: 0BSD
// Shared by the start-up code and the semihosting platform of the emulated boards; programs include platform.h only.
#pragma once

#include <stdint.h>

// Defined by the linker scripts: the stack is [__stack_limit, __stack_top) and grows down.
extern "C" {
extern uint32_t __stack_limit[];
extern uint32_t __stack_top[];
extern uint32_t __data_start[];
extern uint32_t __data_end[];
extern const uint32_t __data_load[];
extern uint32_t __bss_start[];
extern uint32_t __bss_end[];
using Constructor = void (*)();
extern const Constructor __init_array_start[];
extern const Constructor __init_array_end[];

// `main` under a name of its own: ISO C++ does not let a program call main.
int platform_program(int argc, char** argv) __asm__("main");
}

// A fault with the stack pointer within this many words of the limit, or below it, is reported as an overflow.
constexpr int kNearLimit = 128;

// Splits the emulator's command line for main; argv[argc] is nullptr.
int platform_arguments(char*** argv);

// Prints `text` and `value` as 0x%08x; used on fault paths, so it needs nothing but the console.
void platform_print_hex(const char* text, uint32_t value);

// Reached from start-up once a stack exists and the FPU is on: memory, constructors, main, exit.
extern "C" [[noreturn]] void platform_run_main();
