// SPDX-License-Identifier: 0BSD
// Sums of 4 outputs for two windows at once, for cores whose only product is 32 bits of two words: inputs of both
// windows, from 0 to 255, lie in the halves of a word, and weights are from 1 to 255, so that one product holds two.
#pragma once

#include "backends/portable/shared/tile_sums.h"
#include "runtime-stubs/tinyc_kernel.h"

// Of an output: the sum of all products, and that of their high halves, which belongs to the second window.
struct TilePairs {
  uint32_t a, b, c, d;
  uint32_t a_high, b_high, c_high, d_high;
};

// A word of byte k of both windows, or of one.
TINYC_KERNEL uint32_t tile_pairs_q8_word(const uint8_t* x, const uint8_t* next, int32_t k, int32_t windows,
                                         bool is_unsigned) {
  const uint32_t word = windows == 2 ? x[k] | static_cast<uint32_t>(next[k]) << 16 : x[k];
  return is_unsigned ? word : word ^ (windows == 2 ? 0x00800080u : 0x80u);
}

// Words of `taps` bytes of a window and of the one `between` bytes on; their sums, times -128, are added to `excess`:
// what weights + 128 have too much.
TINYC_KERNEL void tile_pairs_q8_pack(const uint8_t* x, int32_t between, int32_t windows, bool is_unsigned, int32_t taps,
                                     uint32_t* words, int32_t* excess) {
  const uint8_t* next = x + between;
  for (int32_t left = taps; left > 0;) {
    // No sum of 256 bytes exceeds half a word.
    const int32_t piece = left < 256 ? left : 256;
    const uint32_t* end = words + piece;
    const uint32_t* fours = words + piece / 4 * 4;
    uint32_t sums = 0;
    for (; words != fours; x += 4, next += 4, words += 4) {
      sums += words[0] = tile_pairs_q8_word(x, next, 0, windows, is_unsigned);
      sums += words[1] = tile_pairs_q8_word(x, next, 1, windows, is_unsigned);
      sums += words[2] = tile_pairs_q8_word(x, next, 2, windows, is_unsigned);
      sums += words[3] = tile_pairs_q8_word(x, next, 3, windows, is_unsigned);
    }
    for (; words != end; ++x, ++next, ++words) sums += * words = tile_pairs_q8_word(x, next, 0, windows, is_unsigned);
    excess[0] -= static_cast<int32_t>(sums & 0xFFFFu) * 128;
    excess[1] -= static_cast<int32_t>(sums >> 16) * 128;
    left -= piece;
  }
}

// clang-format off
// For size GCC leaves the high registers alone: too few remain.
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__) && !defined(__clang__) && defined(__thumb__) && !defined(__thumb2__)
#define TINYC_PAIRS_PRODUCT(sum, k, lane) \
  "ldrb %[w0], [%[w], #4 * " #k " + " #lane "]\n\tmuls %[w0], %[x0]\n\tadd %[" #sum "], %[w0]\n\t"
#define TINYC_PAIRS_OF_TWO(sum, high, k, lane) \
  TINYC_PAIRS_PRODUCT(sum, k, lane) "lsrs %[w0], #16\n\tadd %[" #high "], %[w0]\n\t"
#define TINYC_PAIRS_WORD(k) "ldr %[x0], [%[x], #4 * " #k "]\n\t"
#define TINYC_PAIRS_TAP_OF_TWO(k)                                                                                \
  TINYC_PAIRS_WORD(k) TINYC_PAIRS_OF_TWO(a, a1, k, 0) TINYC_PAIRS_OF_TWO(b, b1, k, 1) TINYC_PAIRS_OF_TWO(c, c1, k, 2)                \
  TINYC_PAIRS_OF_TWO(d, d1, k, 3)
#define TINYC_PAIRS_TAP_OF_ONE(k)                                                                                \
  TINYC_PAIRS_WORD(k) TINYC_PAIRS_PRODUCT(a, k, 0) TINYC_PAIRS_PRODUCT(b, k, 1) TINYC_PAIRS_PRODUCT(c, k, 2)     \
  TINYC_PAIRS_PRODUCT(d, k, 3)
#define TINYC_PAIRS_LOOP(tap)                                                                                    \
  ".syntax unified\n\t1:\n\t" tap(0) tap(1) tap(2) tap(3)                                      \
  "adds %[x], #16\n\tadds %[w], #16\n\tldr %[w0], %[end]\n\tcmp %[x], %[w0]\n\tbne 1b"

TINYC_KERNEL void tile_pairs_q8_run(TilePairs& s, const uint32_t* x, const int8_t*& w, int32_t windows, int32_t taps) {
  const uint32_t* end = x + taps;
  uint32_t x0, w0;
  if (windows == 2) {
    __asm__(TINYC_PAIRS_LOOP(TINYC_PAIRS_TAP_OF_TWO)
            : [a] "+r"(s.a), [b] "+r"(s.b), [c] "+r"(s.c), [d] "+r"(s.d), [a1] "+h"(s.a_high), [b1] "+h"(s.b_high),
              [c1] "+h"(s.c_high), [d1] "+h"(s.d_high), [x0] "=&l"(x0), [w0] "=&l"(w0), [x] "+l"(x), [w] "+l"(w)
            : [end] "m"(end) : "memory", "cc");
  } else {
    __asm__(TINYC_PAIRS_LOOP(TINYC_PAIRS_TAP_OF_ONE)
            : [a] "+r"(s.a), [b] "+r"(s.b), [c] "+r"(s.c), [d] "+r"(s.d), [x0] "=&l"(x0), [w0] "=&l"(w0), [x] "+l"(x),
              [w] "+l"(w)
            : [end] "m"(end) : "memory", "cc");
  }
}

#elif defined(__OPTIMIZE__) && !defined(__clang__) && defined(__thumb2__) && !defined(__ARM_FEATURE_MVE)
#define TINYC_PAIRS_MUL(w) "mul %[" #w "], %[" #w "], %[x0]\n\t"
#define TINYC_PAIRS_WEIGHT(to, k, lane) "ldrb %[" #to "], [%[w], #4 * (" #k ") + " #lane "]\n\t"
#define TINYC_PAIRS_ADD(sum, high, w) \
  "add %[" #sum "], %[" #sum "], %[" #w "]\n\tadd %[" #high "], %[" #high "], %[" #w "], lsr #16\n\t"
#define TINYC_PAIRS_ADD_PRODUCT(sum, w) "mla %[" #sum "], %[" #w "], %[x0], %[" #sum "]\n\t"
#define TINYC_PAIRS_LOADS(k)                                                                                     \
  "ldr %[x0], [%[x], #4 * (" #k ")]\n\t" TINYC_PAIRS_WEIGHT(w0, k, 0) TINYC_PAIRS_WEIGHT(w1, k, 1) TINYC_PAIRS_WEIGHT(w2, k, 2)
#define TINYC_PAIRS_TAP_OF_TWO(k)                                                                                \
  TINYC_PAIRS_LOADS(k) TINYC_PAIRS_MUL(w0) TINYC_PAIRS_MUL(w1) TINYC_PAIRS_MUL(w2) TINYC_PAIRS_ADD(a, a1, w0)    \
  TINYC_PAIRS_ADD(b, b1, w1) TINYC_PAIRS_ADD(c, c1, w2)                                                          \
  TINYC_PAIRS_WEIGHT(w0, k, 3) TINYC_PAIRS_MUL(w0) TINYC_PAIRS_ADD(d, d1, w0)
#define TINYC_PAIRS_TAP_OF_ONE(k)                                                                                \
  TINYC_PAIRS_LOADS(k) TINYC_PAIRS_ADD_PRODUCT(a, w0) TINYC_PAIRS_ADD_PRODUCT(b, w1) TINYC_PAIRS_ADD_PRODUCT(c, w2) \
  TINYC_PAIRS_WEIGHT(w0, k, 3) TINYC_PAIRS_ADD_PRODUCT(d, w0)
#define TINYC_PAIRS_FOUR(tap, k) tap(k) tap(k + 1) tap(k + 2) tap(k + 3)
#define TINYC_PAIRS_LOOP(taps, count)                                                                            \
  ".syntax unified\n\t1:\n\t" taps                                                             \
  "adds %[x], #4 * " #count "\n\tadds %[w], #4 * " #count "\n\tldr %[w0], %[end]\n\tcmp %[x], %[w0]\n\tbne 1b"
#define TINYC_PAIRS_RUN(taps, count)                                                                             \
  __asm__(TINYC_PAIRS_LOOP(taps, count)                                                                          \
          : [a] "+r"(s.a), [b] "+r"(s.b), [c] "+r"(s.c), [d] "+r"(s.d), [a1] "+r"(s.a_high), [b1] "+r"(s.b_high), \
            [c1] "+r"(s.c_high), [d1] "+r"(s.d_high), [x0] "=&r"(x0), [w0] "=&r"(w0), [w1] "=&r"(w1),            \
            [w2] "=&r"(w2), [x] "+r"(x), [w] "+r"(w)                                                             \
          : [end] "m"(end) : "memory", "cc")

TINYC_KERNEL void tile_pairs_q8_run(TilePairs& s, const uint32_t* x, const int8_t*& w, int32_t windows, int32_t taps) {
  const uint32_t* end = x + taps;
  uint32_t x0, w0, w1, w2;
  if (windows == 1 && taps % 8 == 0) {
    TINYC_PAIRS_RUN(TINYC_PAIRS_FOUR(TINYC_PAIRS_TAP_OF_ONE, 0) TINYC_PAIRS_FOUR(TINYC_PAIRS_TAP_OF_ONE, 4), 8);
  } else if (windows == 1) {
    TINYC_PAIRS_RUN(TINYC_PAIRS_FOUR(TINYC_PAIRS_TAP_OF_ONE, 0), 4);
  } else if (taps % 8 == 0) {
    TINYC_PAIRS_RUN(TINYC_PAIRS_FOUR(TINYC_PAIRS_TAP_OF_TWO, 0) TINYC_PAIRS_FOUR(TINYC_PAIRS_TAP_OF_TWO, 4), 8);
  } else {
    TINYC_PAIRS_RUN(TINYC_PAIRS_FOUR(TINYC_PAIRS_TAP_OF_TWO, 0), 4);
  }
}
// clang-format on
#else
// clang-format on
TINYC_KERNEL void tile_pairs_q8_product(uint32_t& sum, uint32_t& high, uint32_t x, int8_t weight) {
  const uint32_t product = x * static_cast<uint8_t>(weight);
  sum += product;
  high += product >> 16;
}

// Adds taps words times w [taps][4], which are plus 128; w moves on. A multiple of 4 taps.
TINYC_KERNEL void tile_pairs_q8_run(TilePairs& s, const uint32_t* x, const int8_t*& w, int32_t, int32_t taps) {
  for (const uint32_t* end = x + taps; x != end; ++x, w += 4) {
    tile_pairs_q8_product(s.a, s.a_high, *x, w[0]);
    tile_pairs_q8_product(s.b, s.b_high, *x, w[1]);
    tile_pairs_q8_product(s.c, s.c_high, *x, w[2]);
    tile_pairs_q8_product(s.d, s.d_high, *x, w[3]);
  }
}
#endif

// What sums begin with, of the excess of both windows.
TINYC_KERNEL TilePairs tile_pairs_q8_start(const int32_t* excess) {
  const auto high = static_cast<uint32_t>(excess[1]);
  const uint32_t sum = static_cast<uint32_t>(excess[0]) + (high << 16);
  return {sum, sum, sum, sum, high, high, high, high};
}

// The sums of both windows.
TINYC_KERNEL TileSums tile_pairs_q8_sums(const TilePairs& s) {
  const auto low = [](uint32_t sum, uint32_t high) { return static_cast<int32_t>(sum - (high << 16)); };
  const auto whole = [](uint32_t high) { return static_cast<int32_t>(high); };
  return {low(s.a, s.a_high), low(s.b, s.b_high), low(s.c, s.c_high), low(s.d, s.d_high),
          whole(s.a_high),    whole(s.b_high),    whole(s.c_high),    whole(s.d_high)};
}
