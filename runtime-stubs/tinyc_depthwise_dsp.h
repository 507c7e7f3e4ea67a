// SPDX-License-Identifier: 0BSD
// The inner loop of depthwise convolutions on Armv7E-M: four channels of two pixels, or of one, at a time.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_block_dsp.h"

// Parameters of four channels, one after the other: 4 biases; per tap the weights of channels 0 and 2, then 1 and 3 as
// 16-bit pairs, 256 times as large; 4 multipliers. Results as those of block_dsp().
TINYC_KERNEL int32_t depthwise_dsp_parameters(int32_t kernel_h, int32_t kernel_w) {
  return 8 + 2 * kernel_h * kernel_w;
}

// clang-format off
//   kernel_w    columns of the kernel, side by side in each piece
//   stride      columns from the first pixel's window to the second one's: 1 or 2 (of one pixel: not used)
//   channels    bytes from a column to the next one, and from a pixel's results to the next one's
//   pieces      where the rows of the first window begin, then nullptr
// clang-format on
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Frame: [sp] rows that are left, [sp, 8] results.
#define TINYC_DEPTHWISE_BEGIN(copies)         \
  "str %[to], [sp, #-4]!\n"                   \
  "sub sp, sp, #8\n"                          \
  "ldmia %[w]!, {r4, r5, r6, r7}\n"           \
  copies                                      \
  "0:\n"                                      \
  "mov r3, %[x]\n"                            \
  "ldr %[x], [r3], #4\n"                      \
  "str r3, [sp]\n"

#define TINYC_DEPTHWISE_END                   \
  "add %[w], %[w], #8 * %c[kernel_w]\n"       \
  "ldr %[x], [sp]\n"                          \
  "ldr r3, [%[x]]\n"                          \
  "cmp r3, #0\n"                              \
  "bne 0b\n"

// Three rows, the usual case, without a loop. Frame: [sp] pieces, [sp, 8] results.
#define TINYC_DEPTHWISE_BEGIN_3(copies)       \
  "str %[to], [sp, #-4]!\n"                   \
  "sub sp, sp, #8\n"                          \
  "str %[x], [sp]\n"                          \
  "ldmia %[w]!, {r4, r5, r6, r7}\n"           \
  copies
#define TINYC_DEPTHWISE_ROW(row, columns)     \
  "ldr %[x], [sp]\n"                          \
  "ldr %[x], [%[x], #4 * " #row "]\n"         \
  columns                                     \
  "add %[w], %[w], #8 * %c[kernel_w]\n"
#define TINYC_DEPTHWISE_LOOP(copies, columns) TINYC_DEPTHWISE_BEGIN(copies) columns TINYC_DEPTHWISE_END
#define TINYC_DEPTHWISE_ROWS_3(copies, columns)                   \
  TINYC_DEPTHWISE_BEGIN_3(copies) TINYC_DEPTHWISE_ROW(0, columns) \
  TINYC_DEPTHWISE_ROW(1, columns) TINYC_DEPTHWISE_ROW(2, columns)

#define TINYC_DEPTHWISE_EXTEND                \
  TINYC_BLOCK_EXTEND("r12", "r3")             \
  TINYC_BLOCK_EXTEND("r3", "r3, ror #8")

#define TINYC_DEPTHWISE_ADD(c0, c1, c2, c3)   \
  "smlabb " c0 ", r12, lr, " c0 "\n"          \
  "smlatt " c2 ", r12, lr, " c2 "\n"          \
  "smlabb " c1 ", r3, %[to], " c1 "\n"        \
  "smlatt " c3 ", r3, %[to], " c3 "\n"

// Column `column` with tap `tap` of one pixel.
#define TINYC_DEPTHWISE_FIRST(column, tap, c0, c1, c2, c3)  \
  "ldr r3, [%[x], #" #column " * %c[channels]]\n"           \
  "ldr lr, [%[w], #8 * " #tap "]\n"                         \
  "ldr %[to], [%[w], #8 * " #tap " + 4]\n"                  \
  TINYC_DEPTHWISE_EXTEND                                    \
  TINYC_DEPTHWISE_ADD(c0, c1, c2, c3)
// The same column with another tap.
#define TINYC_DEPTHWISE_AGAIN(tap, c0, c1, c2, c3)          \
  "ldr lr, [%[w], #8 * " #tap "]\n"                         \
  "ldr %[to], [%[w], #8 * " #tap " + 4]\n"                  \
  TINYC_DEPTHWISE_ADD(c0, c1, c2, c3)

#define TINYC_DEPTHWISE_A(column, tap) TINYC_DEPTHWISE_FIRST(column, tap, "r4", "r5", "r6", "r7")
#define TINYC_DEPTHWISE_B(column, tap) TINYC_DEPTHWISE_FIRST(column, tap, "r8", "r9", "r10", "r11")
#define TINYC_DEPTHWISE_AB(column, tap, other) \
  TINYC_DEPTHWISE_A(column, tap) TINYC_DEPTHWISE_AGAIN(other, "r8", "r9", "r10", "r11")

#define TINYC_DEPTHWISE_ONE_1 TINYC_DEPTHWISE_A(0, 0)
#define TINYC_DEPTHWISE_ONE_2 TINYC_DEPTHWISE_ONE_1 TINYC_DEPTHWISE_A(1, 1)
#define TINYC_DEPTHWISE_ONE_3 TINYC_DEPTHWISE_ONE_2 TINYC_DEPTHWISE_A(2, 2)
#define TINYC_DEPTHWISE_ONE_4 TINYC_DEPTHWISE_ONE_3 TINYC_DEPTHWISE_A(3, 3)
#define TINYC_DEPTHWISE_ONE_5 TINYC_DEPTHWISE_ONE_4 TINYC_DEPTHWISE_A(4, 4)
#define TINYC_DEPTHWISE_ONE_6 TINYC_DEPTHWISE_ONE_5 TINYC_DEPTHWISE_A(5, 5)
#define TINYC_DEPTHWISE_ONE_7 TINYC_DEPTHWISE_ONE_6 TINYC_DEPTHWISE_A(6, 6)
#define TINYC_DEPTHWISE_ONE_8 TINYC_DEPTHWISE_ONE_7 TINYC_DEPTHWISE_A(7, 7)
#define TINYC_DEPTHWISE_ONE_9 TINYC_DEPTHWISE_ONE_8 TINYC_DEPTHWISE_A(8, 8)
#define TINYC_DEPTHWISE_ONE_10 TINYC_DEPTHWISE_ONE_9 TINYC_DEPTHWISE_A(9, 9)
#define TINYC_DEPTHWISE_ONE_11 TINYC_DEPTHWISE_ONE_10 TINYC_DEPTHWISE_A(10, 10)
#define TINYC_DEPTHWISE_ONE_12 TINYC_DEPTHWISE_ONE_11 TINYC_DEPTHWISE_A(11, 11)
#define TINYC_DEPTHWISE_ONE_13 TINYC_DEPTHWISE_ONE_12 TINYC_DEPTHWISE_A(12, 12)
#define TINYC_DEPTHWISE_ONE_14 TINYC_DEPTHWISE_ONE_13 TINYC_DEPTHWISE_A(13, 13)
#define TINYC_DEPTHWISE_ONE_15 TINYC_DEPTHWISE_ONE_14 TINYC_DEPTHWISE_A(14, 14)
#define TINYC_DEPTHWISE_ONE_16 TINYC_DEPTHWISE_ONE_15 TINYC_DEPTHWISE_A(15, 15)
#define TINYC_DEPTHWISE_TWO_3_1 \
  TINYC_DEPTHWISE_A(0, 0) TINYC_DEPTHWISE_AB(1, 1, 0) TINYC_DEPTHWISE_AB(2, 2, 1) TINYC_DEPTHWISE_B(3, 2)
#define TINYC_DEPTHWISE_TWO_3_2                                                                     \
  TINYC_DEPTHWISE_A(0, 0) TINYC_DEPTHWISE_A(1, 1) TINYC_DEPTHWISE_AB(2, 2, 0) TINYC_DEPTHWISE_B(3, 1) \
  TINYC_DEPTHWISE_B(4, 2)
#define TINYC_DEPTHWISE_TWO_5_1                                                                             \
  TINYC_DEPTHWISE_A(0, 0) TINYC_DEPTHWISE_AB(1, 1, 0) TINYC_DEPTHWISE_AB(2, 2, 1) TINYC_DEPTHWISE_AB(3, 3, 2) \
  TINYC_DEPTHWISE_AB(4, 4, 3) TINYC_DEPTHWISE_B(5, 4)
#define TINYC_DEPTHWISE_TWO_5_2                                                                           \
  TINYC_DEPTHWISE_A(0, 0) TINYC_DEPTHWISE_A(1, 1) TINYC_DEPTHWISE_AB(2, 2, 0) TINYC_DEPTHWISE_AB(3, 3, 1) \
  TINYC_DEPTHWISE_AB(4, 4, 2) TINYC_DEPTHWISE_B(5, 3) TINYC_DEPTHWISE_B(6, 4)
// clang-format on

#define TINYC_DEPTHWISE_ASM(rows, put)                                                                               \
  __asm__ volatile(                                                                                                  \
      rows put                                                                                                       \
      : [x] "+r"(from), [w] "+r"(parameters), [to] "+r"(to)                                                          \
      : [kernel_w] "i"(kernel_w), [channels] "i"(channels), [results] "i"(channels), [in_unsigned] "i"(in_unsigned), \
        [offset] "i"(offset), [shift] "i"(shift), [is_unsigned] "i"(is_unsigned)                                     \
      : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory")

template <int pixels>
TINYC_KERNEL void depthwise_dsp(int32_t kernel_h, int32_t kernel_w, int32_t stride, int32_t channels,
                                int32_t in_unsigned, int32_t offset, int32_t shift, int32_t is_unsigned,
                                const uint8_t* const* pieces, const int32_t* parameters, uint8_t* to) {
  const void* from = pieces;
  if constexpr (pixels == 2) {
    if (kernel_h == 3 && kernel_w == 3 && stride == 1) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_ROWS_3(TINYC_BLOCK_COPIES, TINYC_DEPTHWISE_TWO_3_1), TINYC_BLOCK_PUT_2);
    } else if (kernel_h == 3 && kernel_w == 3) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_ROWS_3(TINYC_BLOCK_COPIES, TINYC_DEPTHWISE_TWO_3_2), TINYC_BLOCK_PUT_2);
    } else if (kernel_w == 3 && stride == 1) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP(TINYC_BLOCK_COPIES, TINYC_DEPTHWISE_TWO_3_1), TINYC_BLOCK_PUT_2);
    } else if (kernel_w == 3) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP(TINYC_BLOCK_COPIES, TINYC_DEPTHWISE_TWO_3_2), TINYC_BLOCK_PUT_2);
    } else if (stride == 1) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP(TINYC_BLOCK_COPIES, TINYC_DEPTHWISE_TWO_5_1), TINYC_BLOCK_PUT_2);
    } else {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP(TINYC_BLOCK_COPIES, TINYC_DEPTHWISE_TWO_5_2), TINYC_BLOCK_PUT_2);
    }
  } else {
    if (kernel_h == 3 && kernel_w == 3) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_ROWS_3("", TINYC_DEPTHWISE_ONE_3), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 1) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_1), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 2) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_2), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 3) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_3), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 4) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_4), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 5) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_5), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 6) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_6), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 7) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_7), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 8) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_8), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 9) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_9), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 10) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_10), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 11) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_11), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 12) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_12), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 13) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_13), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 14) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_14), TINYC_BLOCK_PUT_1);
    } else if (kernel_w == 15) {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_15), TINYC_BLOCK_PUT_1);
    } else {
      TINYC_DEPTHWISE_ASM(TINYC_DEPTHWISE_LOOP("", TINYC_DEPTHWISE_ONE_16), TINYC_BLOCK_PUT_1);
    }
  }
}

#else

template <int pixels>
TINYC_KERNEL void depthwise_dsp(int32_t kernel_h, int32_t kernel_w, int32_t stride, int32_t channels,
                                int32_t in_unsigned, int32_t offset, int32_t shift, int32_t is_unsigned,
                                const uint8_t* const* pieces, const int32_t* parameters, uint8_t* to) {
  for (int32_t p = 0; p < pixels; ++p, to += channels) {
    int32_t sums[4] = {parameters[0], parameters[1], parameters[2], parameters[3]};
    const int32_t* w = parameters + 4;
    for (int32_t ky = 0; ky < kernel_h; ++ky) {
      for (int32_t kx = 0; kx < kernel_w; ++kx, w += 2) {
        const uint32_t word = load_word(pieces[ky] + (p * stride + kx) * channels);
        const uint32_t even = extend_even(word, in_unsigned != 0);
        const uint32_t odd = extend_odd(word, in_unsigned != 0);
        sums[0] = smlabb(even, static_cast<uint32_t>(w[0]), sums[0]);
        sums[2] = smlatt(even, static_cast<uint32_t>(w[0]), sums[2]);
        sums[1] = smlabb(odd, static_cast<uint32_t>(w[1]), sums[1]);
        sums[3] = smlatt(odd, static_cast<uint32_t>(w[1]), sums[3]);
      }
    }
    for (int32_t c = 0; c < 4; ++c) to[c] = block_dsp_result(sums[c], w[c], offset, shift, is_unsigned);
  }
}

#endif
