// SPDX-License-Identifier: 0BSD
// What a test program needs from the machine it runs on: text output, files, an exit code and a stack measurement.
// One implementation per kind of machine: platform_host.cpp (PC), platform_semihosting.cpp (emulated boards).
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define PLATFORM_NORETURN [[noreturn]]
#else
#define PLATFORM_NORETURN _Noreturn
#endif

// Exit codes of the emulated boards that do not come from the program itself.
enum { kPlatformFault = 120, kPlatformStackOverflow = 121 };

// Writes zero-terminated text to the console, nothing added.
void platform_print(const char* text);

// Reads a whole file and returns its size in bytes; -1 if it cannot be read or is larger than `capacity`.
int32_t platform_read_file(const char* path, void* to, uint32_t capacity);

// Replaces a file's contents and returns `bytes`; -1 if that fails.
int32_t platform_write_file(const char* path, const void* from, uint32_t bytes);

PLATFORM_NORETURN void platform_exit(int code);

// Repaints the free stack below the caller, so that the next calls can be measured alone.
// Start-up code paints once before main.
void platform_stack_paint(void);

// Bytes of stack used since the last platform_stack_paint(), counted from its caller's stack pointer.
// 0 on machines that do not measure it.
uint32_t platform_stack_used(void);

#ifdef __cplusplus
}
#endif
