// SPDX-License-Identifier: 0BSD
// Winograd's F(2 x 2, 3 x 3) in integers on Armv7E-M: 4 x 4 pixels of input, as 16 sums of them, times weights that
// have been transformed likewise make 2 x 2 results with 16 products in place of 36 (Lavin and Gray, Fast Algorithms
// for Convolutional Neural Networks, 2016). Transformed weights are four times as large, which keeps them integers; so
// are the results, exactly.
//
//   input    t = B^T d B     rows of B^T: (1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)
//   results  4 Y = A^T m A   rows of A^T: (1, 1, 1, 0), (0, 1, -1, -1)
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_block_dsp.h"

#if defined(__ARM_FEATURE_DSP) && !defined(TINYC_PORTABLE_TWINS)

// Sum and difference of two pairs of 16-bit lanes.
TINYC_KERNEL uint32_t add_lanes(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("sadd16 %0, %1, %2" : "=r"(result) : "r"(a), "r"(b) : "cc");
  return result;
}
TINYC_KERNEL uint32_t subtract_lanes(uint32_t a, uint32_t b) {
  uint32_t result;
  __asm__("ssub16 %0, %1, %2" : "=r"(result) : "r"(a), "r"(b) : "cc");
  return result;
}

// added + the high word of a * b
TINYC_KERNEL int32_t multiply_high_add(int32_t a, int32_t b, int32_t added) {
  int32_t result;
  __asm__("smmla %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(added));
  return result;
}

#else

TINYC_KERNEL uint32_t add_lanes(uint32_t a, uint32_t b) {
  return ((a + b) & 0xFFFFu) | ((a & 0xFFFF0000u) + (b & 0xFFFF0000u));
}
TINYC_KERNEL uint32_t subtract_lanes(uint32_t a, uint32_t b) {
  return ((a - b) & 0xFFFFu) | ((a & 0xFFFF0000u) - (b & 0xFFFF0000u));
}
TINYC_KERNEL int32_t multiply_high_add(int32_t a, int32_t b, int32_t added) {
  return wrapping_add(added, static_cast<int32_t>((static_cast<int64_t>(a) * b) >> 32));
}

#endif

// B^T d of one column, on two channels side by side: four words, `row` words apart.
TINYC_KERNEL void winograd_column(uint32_t d0, uint32_t d1, uint32_t d2, uint32_t d3, int32_t row, uint32_t* to) {
  to[0] = subtract_lanes(d0, d2);
  to[row] = add_lanes(d1, d2);
  to[2 * row] = subtract_lanes(d2, d1);
  to[3 * row] = subtract_lanes(d1, d3);
}

// That times B for a row of tiles, an even number: columns `step` words apart; tiles `words` apart, the four sums of
// each `plane` apart.
TINYC_KERNEL void winograd_row(const uint32_t* columns, int32_t step, int32_t tiles, int32_t words, int32_t plane,
                               uint32_t* to) {
  uint32_t a = columns[0];
  uint32_t b = columns[step];
  for (const uint32_t* end = columns + 2 * step * tiles; columns != end; columns += 4 * step, to += 2 * words) {
    const uint32_t c = columns[2 * step];
    const uint32_t d = columns[3 * step];
    const uint32_t e = columns[4 * step];
    const uint32_t f = columns[5 * step];
    to[0] = subtract_lanes(a, c);
    to[plane] = add_lanes(b, c);
    to[2 * plane] = subtract_lanes(c, b);
    to[3 * plane] = subtract_lanes(b, d);
    to[words] = subtract_lanes(c, e);
    to[words + plane] = add_lanes(d, e);
    to[words + 2 * plane] = subtract_lanes(e, d);
    to[words + 3 * plane] = subtract_lanes(d, f);
    a = e;
    b = f;
  }
}

// Four sums of products of `tiles` tiles, an even number: a plane of transformed inputs, `words` pairs of channels per
// tile, times 4 words of weights per pair.
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Frame: [sp] sums, end of the inputs, end of this turn's inputs.
#define TINYC_WINOGRAD_STEP(k, first)                       \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r12, [%[x], #4 * " #k " + 4 * %c[words]]\n"          \
  "ldr lr, [%[w], #16 * " #k "]\n"                          \
  "ldr %[to], [%[w], #16 * " #k " + 4]\n"                   \
  ".if " #first " && %c[turns] == 1\n"                      \
  "smuad r4, r3, lr\n"                                      \
  "smuad r8, r12, lr\n"                                     \
  "smuad r5, r3, %[to]\n"                                   \
  "smuad r9, r12, %[to]\n"                                  \
  ".else\n"                                                 \
  "smlad r4, r3, lr, r4\n"                                  \
  "smlad r8, r12, lr, r8\n"                                 \
  "smlad r5, r3, %[to], r5\n"                               \
  "smlad r9, r12, %[to], r9\n"                              \
  ".endif\n"                                                \
  "ldr lr, [%[w], #16 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #16 * " #k " + 12]\n"                  \
  ".if " #first " && %c[turns] == 1\n"                      \
  "smuad r6, r3, lr\n"                                      \
  "smuad r10, r12, lr\n"                                    \
  "smuad r7, r3, %[to]\n"                                   \
  "smuad r11, r12, %[to]\n"                                 \
  ".else\n"                                                 \
  "smlad r6, r3, lr, r6\n"                                  \
  "smlad r10, r12, lr, r10\n"                               \
  "smlad r7, r3, %[to], r7\n"                               \
  "smlad r11, r12, %[to], r11\n"                            \
  ".endif\n"
#define TINYC_WINOGRAD_NEXT(k) TINYC_WINOGRAD_STEP(k, 0)
#define TINYC_WINOGRAD_2 TINYC_WINOGRAD_STEP(0, 1) TINYC_WINOGRAD_NEXT(1)
#define TINYC_WINOGRAD_4 TINYC_WINOGRAD_2 TINYC_WINOGRAD_NEXT(2) TINYC_WINOGRAD_NEXT(3)
#define TINYC_WINOGRAD_6 TINYC_WINOGRAD_4 TINYC_WINOGRAD_NEXT(4) TINYC_WINOGRAD_NEXT(5)
#define TINYC_WINOGRAD_8 TINYC_WINOGRAD_6 TINYC_WINOGRAD_NEXT(6) TINYC_WINOGRAD_NEXT(7)
#define TINYC_WINOGRAD_12 \
  TINYC_WINOGRAD_8 TINYC_WINOGRAD_NEXT(8) TINYC_WINOGRAD_NEXT(9) TINYC_WINOGRAD_NEXT(10) TINYC_WINOGRAD_NEXT(11)
#define TINYC_WINOGRAD_16 \
  TINYC_WINOGRAD_12 TINYC_WINOGRAD_NEXT(12) TINYC_WINOGRAD_NEXT(13) TINYC_WINOGRAD_NEXT(14) TINYC_WINOGRAD_NEXT(15)

#define TINYC_WINOGRAD_BEGIN                                \
  "sub sp, sp, #16\n"                                       \
  "movw r3, #4 * %c[words] * %c[tiles]\n"                   \
  "add r3, r3, %[x]\n"                                      \
  "strd %[to], r3, [sp]\n"                                  \
  "0:\n"                                                    \
  ".if %c[turns] > 1\n"                                     \
  "add r3, %[x], #4 * %c[words]\n"                          \
  "str r3, [sp, #8]\n"                                      \
  "mov r4, #0\n"                                            \
  "mov r5, #0\n"                                            \
  "mov r6, #0\n"                                            \
  "mov r7, #0\n"                                            \
  "mov r8, #0\n"                                            \
  "mov r9, #0\n"                                            \
  "mov r10, #0\n"                                           \
  "mov r11, #0\n"                                           \
  "1:\n"                                                    \
  ".endif\n"

#define TINYC_WINOGRAD_END(unroll)                          \
  ".if %c[turns] > 1\n"                                     \
  "ldr r3, [sp, #8]\n"                                      \
  "add %[x], %[x], #4 * " #unroll "\n"                      \
  "add %[w], %[w], #16 * " #unroll "\n"                     \
  "cmp %[x], r3\n"                                          \
  "bne 1b\n"                                                \
  "sub %[w], %[w], #16 * %c[words]\n"                       \
  "add %[x], %[x], #4 * %c[words]\n"                        \
  ".else\n"                                                 \
  "add %[x], %[x], #8 * %c[words]\n"                        \
  ".endif\n"                                                \
  "ldrd %[to], r3, [sp]\n"                                  \
  "stmia %[to]!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"      \
  "str %[to], [sp]\n"                                       \
  "cmp %[x], r3\n"                                          \
  "bne 0b\n"                                                \
  "add sp, sp, #16\n"
// clang-format on

#define TINYC_WINOGRAD_ASM(unroll)                                                         \
  __asm__ volatile(TINYC_WINOGRAD_BEGIN TINYC_WINOGRAD_##unroll TINYC_WINOGRAD_END(unroll) \
                   : [x] "+r"(inputs), [w] "+r"(weights), [to] "+r"(sums)                  \
                   : [words] "i"(words), [tiles] "i"(tiles), [turns] "i"(words / unroll)   \
                   : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory")

TINYC_KERNEL void winograd_products_dsp(int32_t words, int32_t tiles, const uint32_t* inputs, const int32_t* weights,
                                        int32_t* sums) {
  if (words % 16 == 0)
    TINYC_WINOGRAD_ASM(16);
  else if (words % 12 == 0)
    TINYC_WINOGRAD_ASM(12);
  else if (words % 8 == 0)
    TINYC_WINOGRAD_ASM(8);
  else if (words % 6 == 0)
    TINYC_WINOGRAD_ASM(6);
  else if (words % 4 == 0)
    TINYC_WINOGRAD_ASM(4);
  else
    TINYC_WINOGRAD_ASM(2);
}

#else

TINYC_KERNEL void winograd_products_dsp(int32_t words, int32_t tiles, const uint32_t* inputs, const int32_t* weights,
                                        int32_t* sums) {
  for (int32_t t = 0; t < tiles; ++t, inputs += words) {
    for (int32_t o = 0; o < 4; ++o) {
      int32_t sum = 0;
      for (int32_t k = 0; k < words; ++k) sum = smlad(inputs[k], static_cast<uint32_t>(weights[4 * k + o]), sum);
      sums[4 * t + o] = sum;
    }
  }
}

#endif

// One channel's results of a tile, four times the sums of products: (0, 0), (0, 1), (1, 0), (1, 1).
struct WinogradResults {
  uint32_t top_left, top_right, bottom_left, bottom_right;
};

// m: the first of 16 sums, `plane` apart. They wrap around; what comes of them does not.
TINYC_KERNEL WinogradResults winograd_results(const int32_t* m, int32_t plane) {
  const auto left = [=](int32_t i) {
    return static_cast<uint32_t>(m[4 * i * plane]) + static_cast<uint32_t>(m[(4 * i + 1) * plane]) +
           static_cast<uint32_t>(m[(4 * i + 2) * plane]);
  };
  const auto right = [=](int32_t i) {
    return static_cast<uint32_t>(m[(4 * i + 1) * plane]) - static_cast<uint32_t>(m[(4 * i + 2) * plane]) -
           static_cast<uint32_t>(m[(4 * i + 3) * plane]);
  };
  WinogradResults y = {left(0), right(0), 0, 0};
  const uint32_t left_1 = left(1);
  const uint32_t right_1 = right(1);
  const uint32_t left_2 = left(2);
  const uint32_t right_2 = right(2);
  y.top_left += left_1 + left_2;
  y.top_right += right_1 + right_2;
  y.bottom_left = left_1 - left_2 - left(3);
  y.bottom_right = right_1 - right_2 - right(3);
  return y;
}
