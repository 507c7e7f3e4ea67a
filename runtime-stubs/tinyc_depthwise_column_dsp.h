// SPDX-License-Identifier: 0BSD
// The inner loop of depthwise convolutions over one axis on Armv7E-M: four channels of two output rows, or of one.
//
// Input rows are taken two at a time: their bytes are regrouped so that each channel's two values are the 16-bit lanes
// of a word, and a dual product takes two taps. The second output row shares these words; its weights lie one lane
// further.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_depthwise_rows_dsp.h"

// Parameters of four channels, one after the other: 4 biases; per pair of input rows and channel the weights of the
// first output row, then (in layers of two rows) those of the second, as 16-bit pairs, 256 times as large; 4
// multipliers. `kernel` rows of weights, `layer_rows` 1 or 2. Results as those of block_dsp().
TINYC_KERNEL int32_t depthwise_column_parameters(int32_t kernel, int32_t layer_rows) {
  return 8 + (kernel + layer_rows) / 2 * 4 * layer_rows;
}

// clang-format off
//   layer_rows  output rows that the parameters are for
//   kernel      taps
//   stride      bytes from an input row to the next one
//   channels    to compute, a multiple of 4
//   second      bytes from the first row's results to the second one's
//   in_unsigned, offset, shift, is_unsigned as in depthwise_dsp()
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// Frame: [sp] results, their end, input, distance of the second row.
#define TINYC_DEPTHWISE_COLUMN_BEGIN(copies)        \
  "sub sp, sp, #16\n"                               \
  "str r3, [sp, #12]\n"                             \
  "add r3, %[to], #%c[channels]\n"                  \
  "strd %[to], r3, [sp]\n"                          \
  "0:\n"                                            \
  "str %[x], [sp, #8]\n"                            \
  "ldmia %[w]!, {r4, r5, r6, r7}\n"                 \
  copies                                            \
  ".set .Ltinyc_pair, 0\n"                          \
  ".rept %c[pairs]\n"                               \
  "ldr r3, [%[x], #.Ltinyc_pair * 2 * %c[stride]]\n" \
  ".if .Ltinyc_pair * 2 + 1 < %c[rows]\n"           \
  "ldr r12, [%[x], #.Ltinyc_pair * 2 * %c[stride] + %c[stride]]\n" \
  ".else\n"                                         \
  "mov r12, r3\n"                                   \
  ".endif\n"                                        \
  "pkhbt lr, r3, r12, lsl #16\n"                    \
  "pkhtb r12, r12, r3, asr #16\n"

#define TINYC_DEPTHWISE_COLUMN_WEIGHTS(channel, row) \
  "[%[w], #.Ltinyc_pair * 16 * %c[layer_rows] + " #channel " * 4 * %c[layer_rows] + " #row " * 4]\n"

#define TINYC_DEPTHWISE_COLUMN_PAIR_2                               \
  TINYC_BLOCK_EXTEND("r3", "lr")                                    \
  "ldr %[to], " TINYC_DEPTHWISE_COLUMN_WEIGHTS(0, 0)                \
  "smlad r4, r3, %[to], r4\n"                                       \
  "ldr %[to], " TINYC_DEPTHWISE_COLUMN_WEIGHTS(0, 1)                \
  "smlad r8, r3, %[to], r8\n"                                       \
  TINYC_BLOCK_EXTEND("lr", "lr, ror #8")                            \
  "ldrd r3, %[to], " TINYC_DEPTHWISE_COLUMN_WEIGHTS(1, 0)           \
  "smlad r5, lr, r3, r5\n"                                          \
  "smlad r9, lr, %[to], r9\n"                                       \
  TINYC_BLOCK_EXTEND("r3", "r12")                                   \
  "ldrd lr, %[to], " TINYC_DEPTHWISE_COLUMN_WEIGHTS(2, 0)           \
  "smlad r6, r3, lr, r6\n"                                          \
  "smlad r10, r3, %[to], r10\n"                                     \
  TINYC_BLOCK_EXTEND("r12", "r12, ror #8")                          \
  "ldrd lr, %[to], " TINYC_DEPTHWISE_COLUMN_WEIGHTS(3, 0)           \
  "smlad r7, r12, lr, r7\n"                                         \
  "smlad r11, r12, %[to], r11\n"

#define TINYC_DEPTHWISE_COLUMN_PAIR_1                               \
  "ldr r8, " TINYC_DEPTHWISE_COLUMN_WEIGHTS(0, 0)                   \
  "ldr r9, " TINYC_DEPTHWISE_COLUMN_WEIGHTS(1, 0)                   \
  "ldr r10, " TINYC_DEPTHWISE_COLUMN_WEIGHTS(2, 0)                  \
  "ldr r11, " TINYC_DEPTHWISE_COLUMN_WEIGHTS(3, 0)                  \
  TINYC_BLOCK_EXTEND("r3", "lr")                                    \
  TINYC_BLOCK_EXTEND("lr", "lr, ror #8")                            \
  "smlad r4, r3, r8, r4\n"                                          \
  "smlad r5, lr, r9, r5\n"                                          \
  TINYC_BLOCK_EXTEND("r3", "r12")                                   \
  TINYC_BLOCK_EXTEND("r12", "r12, ror #8")                          \
  "smlad r6, r3, r10, r6\n"                                         \
  "smlad r7, r12, r11, r7\n"

#define TINYC_DEPTHWISE_COLUMN_RESULTS                              \
  ".set .Ltinyc_pair, .Ltinyc_pair + 1\n"                           \
  ".endr\n"                                                         \
  "add %[w], %[w], #%c[weights]\n"                                  \
  TINYC_BLOCK_MULTIPLIERS                                           \
  "add %[w], %[w], #16\n"                                           \
  TINYC_BLOCK_RESULT("r4", "r3")                                    \
  TINYC_BLOCK_RESULT("r5", "r12")                                   \
  TINYC_BLOCK_RESULT("r6", "lr")                                    \
  TINYC_BLOCK_RESULT("r7", "%[x]")
#define TINYC_DEPTHWISE_COLUMN_RESULTS_2                            \
  TINYC_BLOCK_RESULT("r8", "r3")                                    \
  TINYC_BLOCK_RESULT("r9", "r12")                                   \
  TINYC_BLOCK_RESULT("r10", "lr")                                   \
  TINYC_BLOCK_RESULT("r11", "%[x]")

#define TINYC_DEPTHWISE_COLUMN_PUT_2                                \
  "add r12, lr, %[to]\n"                                            \
  "strb r8, [%[to], lr]\n"                                          \
  "strb r9, [r12, #1]\n"                                            \
  "strb r10, [r12, #2]\n"                                           \
  "strb r11, [r12, #3]\n"
#define TINYC_DEPTHWISE_COLUMN_END(put)                             \
  "ldmia sp, {%[to], r3, r12, lr}\n"                                \
  "add %[x], r12, #4\n"                                             \
  put                                                               \
  "strb r5, [%[to], #1]\n"                                          \
  "strb r6, [%[to], #2]\n"                                          \
  "strb r7, [%[to], #3]\n"                                          \
  "strb r4, [%[to]], #4\n"                                          \
  ".if %c[channels] > 4\n"                                          \
  "str %[to], [sp]\n"                                               \
  "cmp %[to], r3\n"                                                 \
  "bne 0b\n"                                                        \
  ".endif\n"                                                        \
  "add sp, sp, #16\n"
// clang-format on

#define TINYC_DEPTHWISE_COLUMN_ASM(text, row_count)                                                                \
  __asm__ volatile(                                                                                                \
      text                                                                                                         \
      : [x] "+r"(from), [w] "+r"(parameters), [to] "+r"(to), "+r"(distance)                                        \
      : [layer_rows] "i"(layer_rows), [rows] "i"(kernel + (row_count)-1), [pairs] "i"((kernel + (row_count)) / 2), \
        [weights] "i"(4 * (depthwise_column_parameters(kernel, layer_rows) - 8)), [stride] "i"(stride),            \
        [channels] "i"(channels), [in_unsigned] "i"(in_unsigned), [offset] "i"(offset), [shift] "i"(shift),        \
        [is_unsigned] "i"(is_unsigned)                                                                             \
      : "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory")

template <int rows>
TINYC_KERNEL void depthwise_column_dsp(int32_t layer_rows, int32_t kernel, int32_t stride, int32_t channels,
                                       int32_t in_unsigned, int32_t offset, int32_t shift, int32_t is_unsigned,
                                       const uint8_t* from, const int32_t* parameters, uint8_t* to, int32_t second) {
  register int32_t distance __asm__("r3") = second;
  if constexpr (rows == 2) {
    TINYC_DEPTHWISE_COLUMN_ASM(
        TINYC_DEPTHWISE_COLUMN_BEGIN(TINYC_BLOCK_COPIES) TINYC_DEPTHWISE_COLUMN_PAIR_2 TINYC_DEPTHWISE_COLUMN_RESULTS
            TINYC_DEPTHWISE_COLUMN_RESULTS_2 TINYC_DEPTHWISE_COLUMN_END(TINYC_DEPTHWISE_COLUMN_PUT_2),
        2);
  } else {
    TINYC_DEPTHWISE_COLUMN_ASM(
        TINYC_DEPTHWISE_COLUMN_BEGIN("")
            TINYC_DEPTHWISE_COLUMN_PAIR_1 TINYC_DEPTHWISE_COLUMN_RESULTS TINYC_DEPTHWISE_COLUMN_END(""),
        1);
  }
}

#else

template <int rows>
TINYC_KERNEL void depthwise_column_dsp(int32_t layer_rows, int32_t kernel, int32_t stride, int32_t channels,
                                       int32_t in_unsigned, int32_t offset, int32_t shift, int32_t is_unsigned,
                                       const uint8_t* from, const int32_t* parameters, uint8_t* to, int32_t second) {
  const int32_t size = depthwise_column_parameters(kernel, layer_rows);
  for (int32_t c = 0; c < channels; ++c) {
    const int32_t* block = parameters + c / 4 * size;
    for (int32_t row = 0; row < rows; ++row) {
      int32_t sum = block[c % 4];
      for (int32_t y = 0; y < kernel + rows - 1; ++y) {
        const uint32_t weights = static_cast<uint32_t>(block[4 + (y / 2 * 4 + c % 4) * layer_rows + row]);
        const uint32_t x = static_cast<uint32_t>(load_8(from, y * stride + c, in_unsigned != 0));
        sum = smlabb(x, y % 2 == 0 ? weights : weights >> 16, sum);
      }
      to[row * second + c] = block_dsp_result(sum, block[size - 4 + c % 4], offset, shift, is_unsigned);
    }
  }
}

#endif
