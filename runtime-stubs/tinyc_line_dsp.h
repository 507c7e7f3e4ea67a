// SPDX-License-Identifier: 0BSD
// The inner loop of fully connected layers on Armv7E-M: eight outputs of one line of inputs at a time, weights in 8
// bits.
//
// Four inputs lie in a word, with one exclusive or as s2 u3 s0 u1: even ones signed, odd ones unsigned. A word of
// weights is two 16-bit lanes 256 * -w1 + w0 and 256 * -w3 + w2, so that sign extension of its even bytes gives (w0,
// w2):
//   lanes * (255 - u1, 255 - u3) + (w0, w2) * (256 * s0 + u1, 256 * s2 + u3)
//     = 256 * (w0 * s0 + w1 * u1 + w2 * s2 + w3 * u3) + what depends on the weights only and is taken off the bias
// Sums are 256 times as large; they become results as those of block_dsp().
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_block_dsp.h"

// Parameters of eight outputs, one after the other: 8 biases; per word of input 8 words of weights; 8 multipliers.
TINYC_KERNEL int32_t line_dsp_parameters(int32_t words) { return 16 + 8 * words; }

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
#define TINYC_LINE_ADD(a, b)                                \
  "smlad " a ", lr, r3, " a "\n"                            \
  "smlad " b ", %[to], r3, " b "\n"                         \
  "sxtb16 lr, lr\n"                                         \
  "sxtb16 %[to], %[to]\n"                                   \
  "smlad " a ", lr, r12, " a "\n"                           \
  "smlad " b ", %[to], r12, " b "\n"

#define TINYC_BLOCK_STEP_LINE(k)                            \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr lr, [%[w], #32 * " #k "]\n"                          \
  "ldr %[to], [%[w], #32 * " #k " + 4]\n"                   \
  "eor r3, r3, #%c[flip]\n"                                 \
  "rev16 r12, r3\n"                                         \
  "mvn r3, r3\n"                                            \
  "uxtb16 r3, r3, ror #8\n"                                 \
  TINYC_LINE_ADD("r4", "r5")                                \
  "ldr lr, [%[w], #32 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #32 * " #k " + 12]\n"                  \
  TINYC_LINE_ADD("r6", "r7")                                \
  "ldr lr, [%[w], #32 * " #k " + 16]\n"                     \
  "ldr %[to], [%[w], #32 * " #k " + 20]\n"                  \
  TINYC_LINE_ADD("r8", "r9")                                \
  "ldr lr, [%[w], #32 * " #k " + 24]\n"                     \
  "ldr %[to], [%[w], #32 * " #k " + 28]\n"                  \
  TINYC_LINE_ADD("r10", "r11")

#define TINYC_BLOCK_NEXT_LINE                               \
  TINYC_BLOCK_FIRST                                         \
  "ldmia %[w]!, {%[x], r3, r12, lr}\n"                      \
  TINYC_BLOCK_SECOND                                        \
  "ldr %[to], [sp, #8]\n"                                   \
  "strb r8, [%[to], #4]\n"                                  \
  "strb r9, [%[to], #5]\n"                                  \
  "strb r10, [%[to], #6]\n"                                 \
  "strb r11, [%[to], #7]\n"                                 \
  TINYC_BLOCK_STORE(8)

#define TINYC_LINE_REST "ldmia %[w]!, {r8, r9, r10, r11}\n"
// clang-format on

// words: of input; flip, offset, shift, is_unsigned as in block_dsp(). Writes `blocks` times 8 results.
TINYC_KERNEL void line_dsp(int32_t words, uint32_t flip, int32_t offset, int32_t shift, int32_t is_unsigned,
                           int32_t blocks, const uint8_t* from, const int32_t* parameters, uint8_t* to) {
  const int32_t runs = 1, between = 0, results = 0;
  const bool may_start = false;
  const int32_t total = 4 * blocks * line_dsp_parameters(words);
  if (words % 8 == 0) {
    TINYC_BLOCK_ASM(STEP, 32, LINE, 8, TINYC_LINE_REST);
  } else if (words % 5 == 0) {
    TINYC_BLOCK_ASM(STEP, 32, LINE, 5, TINYC_LINE_REST);
  } else if (words % 4 == 0) {
    TINYC_BLOCK_ASM(STEP, 32, LINE, 4, TINYC_LINE_REST);
  } else if (words % 3 == 0) {
    TINYC_BLOCK_ASM(STEP, 32, LINE, 3, TINYC_LINE_REST);
  } else if (words % 2 == 0) {
    TINYC_BLOCK_ASM(STEP, 32, LINE, 2, TINYC_LINE_REST);
  } else {
    TINYC_BLOCK_ASM(STEP, 32, LINE, 1, TINYC_LINE_REST);
  }
}

#else

TINYC_KERNEL void line_dsp(int32_t words, uint32_t flip, int32_t offset, int32_t shift, int32_t is_unsigned,
                           int32_t blocks, const uint8_t* from, const int32_t* parameters, uint8_t* to) {
  for (int32_t i = 0; i < blocks; ++i, parameters += line_dsp_parameters(words), to += 8) {
    int32_t sums[8];
    for (int32_t o = 0; o < 8; ++o) sums[o] = parameters[o];
    const int32_t* w = parameters + 8;
    for (int32_t k = 0; k < words; ++k, w += 8) {
      const uint32_t word = load_word(from + 4 * k) ^ flip;
      const uint32_t swapped = zero_extend_odd(word) | zero_extend_even(word) << 8;
      for (int32_t o = 0; o < 8; ++o) {
        sums[o] = smlad(static_cast<uint32_t>(w[o]), zero_extend_odd(~word), sums[o]);
        sums[o] = smlad(sign_extend_even(static_cast<uint32_t>(w[o])), swapped, sums[o]);
      }
    }
    for (int32_t o = 0; o < 8; ++o) to[o] = block_dsp_result(sums[o], w[o], offset, shift, is_unsigned);
  }
}

#endif
