// SPDX-License-Identifier: 0BSD
// The DSP extension of Armv7E-M and Armv8-M: two 16-bit lanes in a word. The real instruction where the core has it,
// and a portable twin with the same bits everywhere else, so that kernels also run on a PC.
#pragma once

#include <stdint.h>
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Four bytes at any address.
TINYC_KERNEL uint32_t load_word(const void* from) {
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

TINYC_KERNEL void store_word(void* to, uint32_t word) { memcpy(to, &word, sizeof word); }

#if defined(__ARM_FEATURE_DSP) && !defined(TINYC_PORTABLE_TWINS)

// acc + low(a) * low(b) + high(a) * high(b)
TINYC_KERNEL int32_t smlad(uint32_t a, uint32_t b, int32_t acc) {
  int32_t result;
  __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
  return result;
}

// acc + low(a) * low(b), acc + high(a) * high(b)
TINYC_KERNEL int32_t smlabb(uint32_t a, uint32_t b, int32_t acc) {
  int32_t result;
  __asm__("smlabb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
  return result;
}
TINYC_KERNEL int32_t smlatt(uint32_t a, uint32_t b, int32_t acc) {
  int32_t result;
  __asm__("smlatt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
  return result;
}

// acc + (a * low(b) >> 16), acc + (a * high(b) >> 16): the product has 48 bits.
TINYC_KERNEL int32_t smlawb(int32_t a, uint32_t b, int32_t acc) {
  int32_t result;
  __asm__("smlawb %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
  return result;
}
TINYC_KERNEL int32_t smlawt(int32_t a, uint32_t b, int32_t acc) {
  int32_t result;
  __asm__("smlawt %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
  return result;
}

// value >> shift, saturated to a signed or an unsigned byte. The shift is a constant, 1 to 31.
#if defined(__OPTIMIZE__) && !defined(__clang__)
TINYC_KERNEL int32_t saturate_s8(int32_t value, int32_t shift) {
  int32_t result;
  __asm__("ssat %0, #8, %1, asr %2" : "=r"(result) : "r"(value), "i"(shift));
  return result;
}
TINYC_KERNEL int32_t saturate_u8(int32_t value, int32_t shift) {
  int32_t result;
  __asm__("usat %0, #8, %1, asr %2" : "=r"(result) : "r"(value), "i"(shift));
  return result;
}
#else
TINYC_KERNEL int32_t saturate_s8(int32_t value, int32_t shift) { return clamp_s32(value >> shift, -128, 127); }
TINYC_KERNEL int32_t saturate_u8(int32_t value, int32_t shift) { return clamp_s32(value >> shift, 0, 255); }
#endif

// Bytes 0 and 2 (even) or 1 and 3 (odd) as 16-bit lanes; one instruction each, which the compiler's intrinsics miss.
TINYC_KERNEL uint32_t sign_extend_even(uint32_t word) {
  uint32_t result;
  __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(word));
  return result;
}
TINYC_KERNEL uint32_t sign_extend_odd(uint32_t word) {
  uint32_t result;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
}
TINYC_KERNEL uint32_t zero_extend_even(uint32_t word) {
  uint32_t result;
  __asm__("uxtb16 %0, %1" : "=r"(result) : "r"(word));
  return result;
}
TINYC_KERNEL uint32_t zero_extend_odd(uint32_t word) {
  uint32_t result;
  __asm__("uxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
}

#else

TINYC_KERNEL int32_t low_lane(uint32_t word) { return static_cast<int16_t>(static_cast<uint16_t>(word)); }
TINYC_KERNEL int32_t high_lane(uint32_t word) { return static_cast<int16_t>(static_cast<uint16_t>(word >> 16)); }

// The instructions wrap around.
TINYC_KERNEL int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

TINYC_KERNEL int32_t smlabb(uint32_t a, uint32_t b, int32_t acc) {
  return wrapping_add(acc, low_lane(a) * low_lane(b));
}
TINYC_KERNEL int32_t smlatt(uint32_t a, uint32_t b, int32_t acc) {
  return wrapping_add(acc, high_lane(a) * high_lane(b));
}
TINYC_KERNEL int32_t smlad(uint32_t a, uint32_t b, int32_t acc) { return smlatt(a, b, smlabb(a, b, acc)); }

TINYC_KERNEL int32_t smlawb(int32_t a, uint32_t b, int32_t acc) {
  return wrapping_add(acc, static_cast<int32_t>((static_cast<int64_t>(a) * low_lane(b)) >> 16));
}
TINYC_KERNEL int32_t smlawt(int32_t a, uint32_t b, int32_t acc) {
  return wrapping_add(acc, static_cast<int32_t>((static_cast<int64_t>(a) * high_lane(b)) >> 16));
}

TINYC_KERNEL int32_t saturate_s8(int32_t value, int32_t shift) { return clamp_s32(value >> shift, -128, 127); }
TINYC_KERNEL int32_t saturate_u8(int32_t value, int32_t shift) { return clamp_s32(value >> shift, 0, 255); }

TINYC_KERNEL uint32_t sign_extend_byte(uint32_t word, int32_t byte) {
  return static_cast<uint16_t>(static_cast<int16_t>(static_cast<int8_t>(static_cast<uint8_t>(word >> (8 * byte)))));
}
TINYC_KERNEL uint32_t sign_extend_even(uint32_t word) {
  return sign_extend_byte(word, 0) | sign_extend_byte(word, 2) << 16;
}
TINYC_KERNEL uint32_t sign_extend_odd(uint32_t word) {
  return sign_extend_byte(word, 1) | sign_extend_byte(word, 3) << 16;
}
TINYC_KERNEL uint32_t zero_extend_even(uint32_t word) { return word & 0x00FF00FFu; }
TINYC_KERNEL uint32_t zero_extend_odd(uint32_t word) { return (word >> 8) & 0x00FF00FFu; }

#endif

TINYC_KERNEL uint32_t extend_even(uint32_t word, bool is_unsigned) {
  return is_unsigned ? zero_extend_even(word) : sign_extend_even(word);
}
TINYC_KERNEL uint32_t extend_odd(uint32_t word, bool is_unsigned) {
  return is_unsigned ? zero_extend_odd(word) : sign_extend_odd(word);
}

// Adds x[k] * w[k] for four k: x as the two words of extend_even and extend_odd, w as four int8.
TINYC_KERNEL int32_t dot_4(uint32_t x_even, uint32_t x_odd, uint32_t w, int32_t acc) {
  return smlad(x_odd, sign_extend_odd(w), smlad(x_even, sign_extend_even(w), acc));
}
