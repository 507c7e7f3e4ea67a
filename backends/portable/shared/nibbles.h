// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// 4-bit weights, two per byte, the first in the low half, as numbers above `lowest`: to be used like a pointer to
// int8_t.
struct Nibbles {
  const uint8_t* bytes;
  int32_t first, lowest;
  __attribute__((always_inline)) int32_t operator[](int32_t k) const {
    const int32_t at = first + k;
    return ((bytes[at >> 1] >> (4 * (at & 1))) & 15) + lowest;
  }
  __attribute__((always_inline)) Nibbles operator+(int32_t k) const { return {bytes, first + k, lowest}; }
};
