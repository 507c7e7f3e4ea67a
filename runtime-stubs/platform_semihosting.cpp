// SPDX-License-Identifier: 0BSD
// platform.h by semihosting: the program traps with an operation number and a parameter block, the emulator does
// the rest. Own calls instead of a C library's, so that every board and C library behaves the same.
// Operations: "Semihosting for AArch32 and AArch64" (Arm) and the RISC-V semihosting specification, same numbers.
#include "platform.h"

#include <string.h>

#include "platform_board.h"

namespace {

constexpr uint32_t kOpen = 0x01;
constexpr uint32_t kClose = 0x02;
constexpr uint32_t kWriteText = 0x04;
constexpr uint32_t kWrite = 0x05;
constexpr uint32_t kRead = 0x06;
constexpr uint32_t kFileLength = 0x0c;
constexpr uint32_t kCommandLine = 0x15;
constexpr uint32_t kExitExtended = 0x20;  // unlike plain exit it carries a code on 32-bit cores too

constexpr uint32_t kReadBinary = 1;
constexpr uint32_t kWriteBinary = 5;
constexpr uint32_t kApplicationExit = 0x20026;
constexpr uint32_t kPaint = 0xa5c3f00d;

uint32_t word(const void* pointer) { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pointer)); }

}  // namespace

extern "C" {

// Where the stack pointer was when the stack was last painted.
uint32_t* platform_painted_from = __stack_top;

// The operation and its block are already in the first two argument registers, where the emulator wants them.
int32_t platform_semihosting_call(uint32_t operation, const void* block);

#if defined(__riscv)
// The three instructions are recognised as a group: uncompressed and within one page, hence the alignment.
__attribute__((naked, noinline, aligned(16))) int32_t platform_semihosting_call(uint32_t, const void*) {
  asm(".option push\n.option norvc\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      "ret\n"
      ".option pop\n");
}

// Assembly, because a compiled loop could keep a frame of its own in the memory that it paints.
__attribute__((naked, noinline)) void platform_stack_paint(void) {
  asm("la t0, platform_painted_from\n"
      "sw sp, 0(t0)\n"
      "la t0, __stack_limit\n"
      "li t1, %0\n"
      "1: bgeu t0, sp, 2f\n"
      "sw t1, 0(t0)\n"
      "addi t0, t0, 4\n"
      "j 1b\n"
      "2: ret\n" ::"i"(kPaint));
}
#else
__attribute__((naked, noinline)) int32_t platform_semihosting_call(uint32_t, const void*) {
  asm("bkpt 0xab\n"
      "bx lr\n");
}

// Assembly, because a compiled loop could keep a frame of its own in the memory that it paints.
__attribute__((naked, noinline)) void platform_stack_paint(void) {
  asm(".syntax unified\n"
      "ldr r0, =platform_painted_from\n"
      "mov r2, sp\n"
      "str r2, [r0]\n"
      "ldr r0, =__stack_limit\n"
      "ldr r1, =%c0\n"
      "1: cmp r0, r2\n"
      "bhs 2f\n"
      "stmia r0!, {r1}\n"
      "b 1b\n"
      "2: bx lr\n"
      ".ltorg\n" ::"i"(kPaint));
}
#endif

uint32_t platform_stack_used(void) {
  const volatile uint32_t* lowest = __stack_limit;
  while (lowest < platform_painted_from && *lowest == kPaint) ++lowest;
  return word(platform_painted_from) - word(const_cast<const uint32_t*>(lowest));
}

void platform_print(const char* text) { platform_semihosting_call(kWriteText, text); }

int32_t platform_read_file(const char* path, void* to, uint32_t capacity) {
  const uint32_t open_block[] = {word(path), kReadBinary, static_cast<uint32_t>(strlen(path))};
  const int32_t handle = platform_semihosting_call(kOpen, open_block);
  if (handle < 0) return -1;
  const int32_t length = platform_semihosting_call(kFileLength, &handle);
  int32_t left = length;
  if (length < 0 || static_cast<uint32_t>(length) > capacity) left = -1;
  char* next = static_cast<char*>(to);
  while (left > 0) {  // the emulator may return less than was asked for
    const uint32_t block[] = {static_cast<uint32_t>(handle), word(next), static_cast<uint32_t>(left)};
    const int32_t still_left = platform_semihosting_call(kRead, block);
    if (still_left < 0 || still_left >= left) break;
    next += left - still_left;
    left = still_left;
  }
  platform_semihosting_call(kClose, &handle);
  return left == 0 ? length : -1;
}

int32_t platform_write_file(const char* path, const void* from, uint32_t bytes) {
  if (bytes > INT32_MAX) return -1;
  const uint32_t open_block[] = {word(path), kWriteBinary, static_cast<uint32_t>(strlen(path))};
  const int32_t handle = platform_semihosting_call(kOpen, open_block);
  if (handle < 0) return -1;
  const uint32_t block[] = {static_cast<uint32_t>(handle), word(from), bytes};
  const int32_t left = bytes == 0 ? 0 : platform_semihosting_call(kWrite, block);
  const int32_t closed = platform_semihosting_call(kClose, &handle);
  return left == 0 && closed == 0 ? static_cast<int32_t>(bytes) : -1;
}

void platform_exit(int code) {
  // The lowest word of the stack still carries the paint unless the stack ran over it.
  if (*static_cast<const volatile uint32_t*>(__stack_limit) != kPaint) {
    platform_print("stack overflow\n");
    code = kPlatformStackOverflow;
  }
  const uint32_t block[] = {kApplicationExit, static_cast<uint32_t>(code)};
  for (;;) platform_semihosting_call(kExitExtended, block);
}

void platform_run_main() {
  memcpy(__data_start, __data_load, word(__data_end) - word(__data_start));
  memset(__bss_start, 0, word(__bss_end) - word(__bss_start));
  platform_stack_paint();
  for (const Constructor* next = __init_array_start; next != __init_array_end; ++next) (*next)();
  char** argv = nullptr;
  const int argc = platform_arguments(&argv);
  platform_exit(platform_program(argc, argv));
}

}  // extern "C"

int platform_arguments(char*** argv) {
  constexpr int kMostArguments = 15;
  static char text[1024];
  static char* pointers[kMostArguments + 1];
  uint32_t block[] = {word(text), sizeof text};
  int count = 0;
  if (platform_semihosting_call(kCommandLine, block) == 0) {
    text[sizeof text - 1] = '\0';
    for (char* next = strtok(text, " "); next != nullptr && count < kMostArguments; next = strtok(nullptr, " "))
      pointers[count++] = next;
  }
  pointers[count] = nullptr;
  *argv = pointers;
  return count;
}

void platform_print_hex(const char* text, uint32_t value) {
  char digits[] = "0x00000000";
  for (int i = 9; i >= 2; --i, value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  platform_print(text);
  platform_print(digits);
}
