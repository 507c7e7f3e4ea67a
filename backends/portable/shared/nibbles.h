// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// 4-bit weights, two per byte, the first in the low half: to be used like a pointer to int8_t.
struct Nibbles {
  const uint8_t* bytes;
  int32_t first;
  __attribute__((always_inline)) int32_t operator[](int32_t k) const {
    const int32_t at = first + k;
    const int32_t byte = bytes[at >> 1];
    return (at & 1) == 0 ? static_cast<int8_t>(static_cast<uint8_t>(byte << 4)) >> 4
                         : static_cast<int8_t>(static_cast<uint8_t>(byte)) >> 4;
  }
  __attribute__((always_inline)) Nibbles operator+(int32_t k) const { return {bytes, first + k}; }
};
