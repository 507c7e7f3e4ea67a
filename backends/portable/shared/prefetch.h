// SPDX-License-Identifier: 0BSD
#pragma once

#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Copies a constant array, which is aligned to 4 bytes, into the workspace. Blocks become multiple loads and stores,
// which small C libraries' memcpy does not have.
[[maybe_unused]] static __attribute__((noinline)) void prefetch(uint8_t* to, const void* from, int32_t bytes) {
  constexpr int32_t kBlock = 16;
  const uint8_t* source = static_cast<const uint8_t*>(from);
  int32_t at = 0;
  for (; at + kBlock <= bytes; at += kBlock)
    memcpy(__builtin_assume_aligned(to + at, 4), __builtin_assume_aligned(source + at, 4), kBlock);
  memcpy(to + at, source + at, static_cast<size_t>(bytes - at));
}
