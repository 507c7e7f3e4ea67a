// SPDX-License-Identifier: 0BSD
// Four taps of tile_q8.h in assembly, where GCC loses more than 10 % to spilled registers and to loads that do not lie
// side by side. Elsewhere TINYC_TILE_ASSEMBLY says no, and the C++ form of the same is used.
#pragma once

#include "backends/portable/shared/tile_sums.h"

// clang-format off
// Two windows take all 14 registers; ARMv8.1-M's loops keep one of them for their count.
#if defined(__OPTIMIZE__) && !defined(__clang__) && defined(__thumb2__) && !defined(__ARM_FEATURE_MVE)
#define TINYC_TILE_ASSEMBLY(small) (!(small))

#define TINYC_TILE_X(load, to, k) load " %[" #to "], [%[x], %[at] + " #k "]\n\t"
#define TINYC_TILE_Y(load, to, k) load " %[" #to "], [%[x], %[beyond] + " #k "]\n\t"
#define TINYC_TILE_W(to, k, lane) "ldrsb %[" #to "], [%[w], %[at4] + 4 * " #k " + " #lane "]\n\t"
#define TINYC_TILE_MLA(sum, x, w) "mla %[" #sum "], %[" #x "], %[" #w "], %[" #sum "]\n\t"

#define TINYC_TILE_TAP_OF_TWO(load, k)                                                                \
  TINYC_TILE_X(load, x0, k) TINYC_TILE_Y(load, x1, k) TINYC_TILE_W(w0, k, 0) TINYC_TILE_W(w1, k, 1)   \
  TINYC_TILE_MLA(a0, x0, w0) TINYC_TILE_MLA(a1, x1, w0) TINYC_TILE_MLA(b0, x0, w1) TINYC_TILE_MLA(b1, x1, w1) \
  TINYC_TILE_W(w0, k, 2) TINYC_TILE_W(w1, k, 3)                                                       \
  TINYC_TILE_MLA(c0, x0, w0) TINYC_TILE_MLA(c1, x1, w0) TINYC_TILE_MLA(d0, x0, w1) TINYC_TILE_MLA(d1, x1, w1)
#define TINYC_TILE_TAPS_OF_TWO(load)                                                                             \
  __asm__(TINYC_TILE_TAP_OF_TWO(load, 0) TINYC_TILE_TAP_OF_TWO(load, 1) TINYC_TILE_TAP_OF_TWO(load, 2)           \
          TINYC_TILE_TAP_OF_TWO(load, 3)                                                                         \
          : [a0] "+r"(s.a0), [b0] "+r"(s.b0), [c0] "+r"(s.c0), [d0] "+r"(s.d0), [a1] "+r"(s.a1), [b1] "+r"(s.b1), \
            [c1] "+r"(s.c1), [d1] "+r"(s.d1), [x0] "=&r"(x0), [x1] "=&r"(x1), [w0] "=&r"(w0), [w1] "=&r"(w1)     \
          : [x] "r"(x), [w] "r"(w), [beyond] "i"(between + at), [at] "i"(at), [at4] "i"(4 * at)                      \
          : "memory")

#define TINYC_TILE_TAP_OF_ONE(load, k)                                                                   \
  TINYC_TILE_X(load, x0, k) TINYC_TILE_W(w0, k, 0) TINYC_TILE_W(w1, k, 1) TINYC_TILE_W(w2, k, 2) TINYC_TILE_W(w3, k, 3) \
  TINYC_TILE_MLA(a0, x0, w0) TINYC_TILE_MLA(b0, x0, w1) TINYC_TILE_MLA(c0, x0, w2) TINYC_TILE_MLA(d0, x0, w3)
#define TINYC_TILE_TAPS_OF_ONE(load)                                                                           \
  __asm__(TINYC_TILE_TAP_OF_ONE(load, 0) TINYC_TILE_TAP_OF_ONE(load, 1) TINYC_TILE_TAP_OF_ONE(load, 2)         \
          TINYC_TILE_TAP_OF_ONE(load, 3)                                                                       \
          : [a0] "+r"(s.a0), [b0] "+r"(s.b0), [c0] "+r"(s.c0), [d0] "+r"(s.d0), [x0] "=&r"(x0), [w0] "=&r"(w0), \
            [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3)                                                     \
          : [x] "r"(x), [w] "r"(w), [at] "i"(at), [at4] "i"(4 * at)                                            \
          : "memory")

TINYC_KERNEL void tile_q8_assembly(TileSums& s, const uint8_t* x, int32_t between, int32_t windows, bool is_unsigned,
                                   const int8_t* w, int32_t at) {
  int32_t x0, x1, w0, w1, w2, w3;
  if (windows == 1) {
    if (is_unsigned) {
      TINYC_TILE_TAPS_OF_ONE("ldrb");
    } else {
      TINYC_TILE_TAPS_OF_ONE("ldrsb");
    }
  } else if (is_unsigned) {
    TINYC_TILE_TAPS_OF_TWO("ldrb");
  } else {
    TINYC_TILE_TAPS_OF_TWO("ldrsb");
  }
}

#elif defined(__OPTIMIZE__) && !defined(__clang__) && defined(__thumb__) && !defined(__thumb2__)
#define TINYC_TILE_ASSEMBLY(small) (small)

// Weights plus 128.
#define TINYC_TILE_PRODUCT(sum, k, lane) \
  "ldrb %[w0], [%[w], %[at4] + 4 * " #k " + " #lane "]\n\tmuls %[w0], %[x0]\n\tadds %[" #sum "], %[w0]\n\t"
#define TINYC_TILE_TAP_OF_ONE(extend, k)                                                           \
  "ldrb %[x0], [%[x], %[at] + " #k "]\n\t" extend TINYC_TILE_PRODUCT(a0, k, 0) TINYC_TILE_PRODUCT(b0, k, 1) \
  TINYC_TILE_PRODUCT(c0, k, 2) TINYC_TILE_PRODUCT(d0, k, 3)
#define TINYC_TILE_TAPS_OF_ONE(extend)                                                                          \
  __asm__(".syntax unified\n\t" TINYC_TILE_TAP_OF_ONE(extend, 0) TINYC_TILE_TAP_OF_ONE(extend, 1)               \
          TINYC_TILE_TAP_OF_ONE(extend, 2) TINYC_TILE_TAP_OF_ONE(extend, 3)                                     \
          : [a0] "+l"(s.a0), [b0] "+l"(s.b0), [c0] "+l"(s.c0), [d0] "+l"(s.d0), [x0] "=&l"(x0), [w0] "=&l"(w0)  \
          : [x] "l"(x), [w] "l"(w), [at] "i"(at), [at4] "i"(4 * at)                                             \
          : "memory", "cc")

TINYC_KERNEL void tile_q8_assembly(TileSums& s, const uint8_t* x, int32_t, int32_t, bool is_unsigned, const int8_t* w,
                                   int32_t at) {
  int32_t x0, w0;
  if (is_unsigned) {
    TINYC_TILE_TAPS_OF_ONE("");
  } else {
    TINYC_TILE_TAPS_OF_ONE("sxtb %[x0], %[x0]\n\t");
  }
}

// High word of (256 * sum + added[lane]) * multiplier[lane], by halves: the multiplier is positive.
#define TINYC_TILE_SCALE_ASSEMBLY(small) (small)
TINYC_KERNEL int32_t tile_q8_scale_assembly(int32_t sum, const int32_t* added, const int32_t* multiplier, int32_t lane) {
  int32_t a_low, b, middle;
  __asm__(".syntax unified\n\t"
          "ldr %[b], [%[added], %[at]]\n\tlsls %[a], #8\n\tadds %[a], %[b]\n\t"
          "uxth %[low], %[a]\n\tasrs %[a], #16\n\t"
          "ldrh %[b], [%[multiplier], %[at]]\n\t"
          "mov %[middle], %[low]\n\tmuls %[middle], %[b]\n\tlsrs %[middle], #16\n\t"
          "muls %[b], %[a]\n\tadds %[middle], %[b]\n\t"
          "ldrh %[b], [%[multiplier], %[at] + 2]\n\t"
          "muls %[low], %[b]\n\tmuls %[a], %[b]\n\t"
          "uxth %[b], %[middle]\n\tadds %[low], %[b]\n\tasrs %[low], #16\n\t"
          "asrs %[middle], #16\n\tadds %[a], %[middle]\n\tadds %[a], %[low]"
          : [a] "+l"(sum), [low] "=&l"(a_low), [b] "=&l"(b), [middle] "=&l"(middle)
          : [added] "l"(added), [multiplier] "l"(multiplier), [at] "i"(4 * lane)
          : "memory", "cc");
  return sum;
}

// In the range 0 to 255.
TINYC_KERNEL int32_t tile_q8_byte_assembly(int32_t value) {
  int32_t beyond;
  __asm__(".syntax unified\n\t"
          "lsrs %[beyond], %[value], #8\n\tbeq 0f\n\tasrs %[value], #31\n\tmvns %[value], %[value]\n0:"
          : [value] "+l"(value), [beyond] "=&l"(beyond) : : "cc");
  return value;
}

#else
#define TINYC_TILE_ASSEMBLY(small) false
TINYC_KERNEL void tile_q8_assembly(TileSums&, const uint8_t*, int32_t, int32_t, bool, const int8_t*, int32_t) {}
#endif

#ifndef TINYC_TILE_SCALE_ASSEMBLY
#define TINYC_TILE_SCALE_ASSEMBLY(small) false
TINYC_KERNEL int32_t tile_q8_scale_assembly(int32_t, const int32_t*, const int32_t*, int32_t) { return 0; }
TINYC_KERNEL int32_t tile_q8_byte_assembly(int32_t value) { return value; }
#endif
// clang-format on
