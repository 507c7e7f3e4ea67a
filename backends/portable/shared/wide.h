// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Integers of 8 or 16 bits in a row. kind, a constant of the layer: 0 u8, 1 i8, 2 u16, 3 i16.
TINYC_KERNEL int32_t load_narrow(const uint8_t* row, int32_t index, int32_t kind) {
  if (kind < 2) return load_8(row, index, kind == 0);
  const void* at = row + 2 * index;
  return kind == 2 ? static_cast<int32_t>(*static_cast<const uint16_t*>(at))
                   : static_cast<int32_t>(*static_cast<const int16_t*>(at));
}

TINYC_KERNEL void store_narrow(uint8_t* row, int32_t index, int32_t kind, int32_t value) {
  if (kind < 2) {
    row[index] = static_cast<uint8_t>(value);
  } else {
    void* at = row + 2 * index;
    *static_cast<uint16_t*>(at) = static_cast<uint16_t>(value);
  }
}

// value * multiplier / 2^shift rounded half to even; |value| < 2^47, 17 <= shift <= 62. The product has up to 78 bits:
// its low 16 are kept apart, as only their being zero matters.
TINYC_KERNEL int64_t requantize_wide(int64_t value, int32_t multiplier, int32_t shift) {
  const int64_t low = (value & 0xffff) * multiplier;
  const int64_t high = (value >> 16) * multiplier + (low >> 16);
  const int32_t bits = shift - 16;
  const int64_t floor = high >> bits;
  const int64_t half = static_cast<int64_t>(1) << (bits - 1);
  const int64_t rest = high & (2 * half - 1);
  const bool tie = rest == half && (low & 0xffff) == 0;
  const bool up = tie ? (floor & 1) != 0 : rest >= half;
  return floor + (up ? 1 : 0);
}

// A result before it is clamped can have 61 bits.
TINYC_KERNEL int32_t clamp_wide(int64_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : static_cast<int32_t>(value);
}
