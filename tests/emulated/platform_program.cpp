// SPDX-License-Identifier: Apache-2.0
// Exercises every promise of platform.h on one machine. Built and run by platform_test.sh.
//   PROGRAM copy IN OUT   checks start-up, floats and the stack; writes IN's bytes, doubled, to OUT
//   PROGRAM fault         must end with a code other than zero
//   PROGRAM overflow      likewise, by running over the stack
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "platform.h"

namespace {

uint8_t buffer[300000];
volatile uint32_t initialised[3] = {1, 0x12345678, 3};
volatile uint32_t zeroed[5];
constexpr uint32_t kConstructed = 0xc0ffee;

struct Constructed {
  Constructed() { value = kConstructed; }
  volatile uint32_t value;
} constructed;

int failures = 0;

void check(bool holds, const char* what) {
  platform_print(holds ? "ok " : "FAILED ");
  platform_print(what);
  platform_print("\n");
  if (!holds) ++failures;
}

void check_memory() {
  check(initialised[0] == 1 && initialised[1] == 0x12345678 && initialised[2] == 3, "data");
  uint32_t sum = 0;
  for (const volatile uint32_t& value : zeroed) sum |= value;
  check(sum == 0, "bss");
  check(constructed.value == kConstructed, "constructors");
}

// Exact in IEEE single precision, whoever computes it: FPU, MVE or a library.
void check_floats() {
  volatile float third = 1.0F / 3.0F;
  volatile float big = 16777216.0F;
  check(third * 3.0F == 1.0F && big + 1.0F == big, "float arithmetic");
  volatile float values[16];
  for (int i = 0; i < 16; ++i) values[i] = 0.5F * static_cast<float>(i);
  float sum = 0.0F;
  for (int i = 0; i < 16; ++i) sum += values[i] * values[i];
  check(sum == 310.0F, "float sum of squares");
  volatile float negative = -1.0F;
  check(fabsf(sqrtf(third * third) - third) < 1e-7F && isnan(sqrtf(negative)), "square root");  // sets errno
  volatile float one = 1.0F;
  check(fabsf(expf(one) - 2.7182818F) < 1e-6F, "exponential");
}

__attribute__((noinline)) uint32_t use_stack(uint32_t bytes) {
  volatile uint8_t* block = static_cast<volatile uint8_t*>(__builtin_alloca(bytes));
  for (uint32_t i = 0; i < bytes; ++i) block[i] = static_cast<uint8_t>(i);
  return block[bytes - 1];
}

__attribute__((noinline)) void use_none() { asm volatile(""); }

void check_stack() {
  platform_stack_paint();
  use_none();
  const uint32_t none = platform_stack_used();
  platform_stack_paint();
  (void)use_stack(5000);
  const uint32_t deep = platform_stack_used();
  platform_stack_paint();
  use_none();
  const uint32_t again = platform_stack_used();
#ifdef PLATFORM_TEST_HOST
  check(none == 0 && deep == 0 && again == 0, "stack is not measured");
#else
  char text[80];
  snprintf(text, sizeof text, "stack none %u deep %u again %u\n", static_cast<unsigned>(none),
           static_cast<unsigned>(deep), static_cast<unsigned>(again));
  platform_print(text);
  check(none < 100 && deep >= 5000 && deep < 5200 && again < 100, "stack");
#endif
}

void copy_doubled(const char* from, const char* to) {
  check(platform_read_file("no such file", buffer, sizeof buffer) == -1, "missing file is refused");
  const int32_t bytes = platform_read_file(from, buffer, sizeof buffer);
  check(bytes > 0, "file is read");
  if (bytes <= 0) return;
  const uint32_t size = static_cast<uint32_t>(bytes);
  check(platform_read_file(from, buffer, size) == bytes, "file of exactly the capacity is read");
  check(platform_read_file(from, buffer, size - 1) == -1, "larger file is refused");
  check(platform_read_file(from, buffer, sizeof buffer) == bytes, "file is read again");
  for (uint32_t i = 0; i < size; ++i) buffer[i] = static_cast<uint8_t>(buffer[i] * 2);
  check(platform_write_file(to, buffer, size) == bytes, "file is written");
  check(platform_write_file("no such folder/file", buffer, size) == -1, "impossible file is refused");
}

// Not a tail call: each level must keep its block.
__attribute__((noinline)) uint32_t recurse_for_ever(uint32_t depth) {
  volatile uint32_t block[64];
  for (volatile uint32_t& value : block) value = depth;
  const uint32_t deeper = depth == UINT32_MAX ? 0 : recurse_for_ever(depth + 1);
  return deeper + block[depth & 63];
}

}  // namespace

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "fault") == 0) __builtin_trap();
  if (strcmp(mode, "overflow") == 0) platform_exit(recurse_for_ever(0) == 0 ? 0 : 1);
  if (strcmp(mode, "copy") != 0 || argc != 4) {
    platform_print("arguments are missing\n");
    return 3;
  }
  check_memory();
  check_floats();
  check_stack();
  copy_doubled(argv[2], argv[3]);
  platform_print(failures == 0 ? "all checks passed\n" : "some checks failed\n");
  return failures == 0 ? 0 : 1;
}
