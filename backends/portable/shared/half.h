// SPDX-License-Identifier: 0BSD
#pragma once

#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// IEEE 754 binary16 and bfloat16 as bits, to and from float; ties to even.
TINYC_KERNEL float float_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

TINYC_KERNEL uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

TINYC_KERNEL float float_from_bf16(uint16_t half) { return float_from_bits(static_cast<uint32_t>(half) << 16); }

TINYC_KERNEL uint16_t bf16_from_float(float value) {
  const uint32_t bits = bits_of_float(value);
  if (value != value) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

TINYC_KERNEL float float_from_f16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t rest = static_cast<uint32_t>(half & 0x7FFFu);
  if (rest >= 0x7C00u) return float_from_bits(sign | 0x7F800000u | (rest & 0x3FFu) << 13);
  if (rest >= 0x400u) return float_from_bits(sign | ((rest << 13) + 0x38000000u));
  const float small = static_cast<float>(rest) * 5.9604644775390625e-8f;  // 2^-24
  return sign != 0 ? -small : small;
}

TINYC_KERNEL uint16_t f16_from_float(float value) {
  const uint32_t bits = bits_of_float(value);
  const uint32_t sign = bits >> 16 & 0x8000u;
  const uint32_t rest = bits & 0x7FFFFFFFu;
  if (rest > 0x7F800000u) return static_cast<uint16_t>(sign | 0x7E00u);
  if (rest >= 0x477FF000u) return static_cast<uint16_t>(sign | 0x7C00u);  // rounds to 2^16 or more
  if (rest < 0x38800000u) {  // below 2^-14: adding 1/2 leaves multiples of 2^-24 in the low bits
    const uint32_t sum = bits_of_float(float_from_bits(rest) + 0.5f);
    return static_cast<uint16_t>(sign | (sum - 0x3F000000u));
  }
  return static_cast<uint16_t>(sign | ((rest - 0x38000000u + 0xFFFu + (rest >> 13 & 1u)) >> 13));
}
