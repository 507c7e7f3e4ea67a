// SPDX-License-Identifier: 0BSD
// The inner loop of depthwise convolutions with three columns as depthwise_dsp() has it, for shapes that are known when
// it runs: one function serves all layers.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_depthwise_dsp.h"

// What depthwise_dsp() takes one by one, for all channels of one pixel. Read as an array by the loop in assembly.
struct SharedDepthwise {
  const uint8_t* const* pieces;  // where the rows of the window begin, then nullptr
  int32_t channels;              // bytes from a column to the next one, a multiple of 4
  int32_t offset, shift;         // of results
};

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// r9 channels, r10 rows that are left, r11 channels that are done. Frame: [sp] pieces, offset, shift.
#define TINYC_SHARED_DEPTHWISE_BEGIN          \
  "ldmia %[x], {r8, r9, r10, r11}\n"          \
  "sub sp, sp, #16\n"                         \
  "str r8, [sp]\n"                            \
  "strd r10, r11, [sp, #4]\n"                 \
  "mov r11, #0\n"                             \
  "0:\n"                                      \
  "ldr r10, [sp]\n"                           \
  "ldmia %[w]!, {r4, r5, r6, r7}\n"           \
  "ldr %[x], [r10], #4\n"                     \
  "1:\n"                                      \
  "add %[x], %[x], r11\n"

#define TINYC_SHARED_DEPTHWISE_TAP            \
  TINYC_BLOCK_EXTEND("r12", "r3")             \
  TINYC_BLOCK_EXTEND("r3", "r3, ror #8")      \
  "smlabb r4, r12, lr, r4\n"                  \
  "smlatt r6, r12, lr, r6\n"                  \
  "smlabb r5, r3, r8, r5\n"                   \
  "smlatt r7, r3, r8, r7\n"

#define TINYC_SHARED_DEPTHWISE_ROW            \
  "ldr r3, [%[x]]\n"                          \
  "ldr lr, [%[w]]\n"                          \
  "ldr r8, [%[w], #4]\n"                      \
  TINYC_SHARED_DEPTHWISE_TAP                  \
  "ldr r3, [%[x], r9]\n"                      \
  "ldr lr, [%[w], #8]\n"                      \
  "ldr r8, [%[w], #12]\n"                     \
  TINYC_SHARED_DEPTHWISE_TAP                  \
  "ldr r3, [%[x], r9, lsl #1]\n"              \
  "ldr lr, [%[w], #16]\n"                     \
  "ldr r8, [%[w], #20]\n"                     \
  "ldr %[x], [r10], #4\n"                     \
  TINYC_SHARED_DEPTHWISE_TAP                  \
  "add %[w], %[w], #24\n"                     \
  "cmp %[x], #0\n"                            \
  "bne 1b\n"

#define TINYC_SHARED_DEPTHWISE_RESULT(sum)    \
  "asr " sum ", " sum ", r10\n"               \
  TINYC_BLOCK_SATURATE(sum, sum)

#define TINYC_SHARED_DEPTHWISE_PUT            \
  "ldrd r8, r10, [sp, #4]\n"                  \
  "ldmia %[w]!, {r3, r12, lr}\n"              \
  "ldr %[x], [%[w]], #4\n"                    \
  "smmla r4, r4, r3, r8\n"                    \
  "smmla r5, r5, r12, r8\n"                   \
  "smmla r6, r6, lr, r8\n"                    \
  "smmla r7, r7, %[x], r8\n"                  \
  TINYC_SHARED_DEPTHWISE_RESULT("r4")         \
  TINYC_SHARED_DEPTHWISE_RESULT("r5")         \
  TINYC_SHARED_DEPTHWISE_RESULT("r6")         \
  TINYC_SHARED_DEPTHWISE_RESULT("r7")         \
  "strb r5, [%[to], #1]\n"                    \
  "strb r6, [%[to], #2]\n"                    \
  "strb r7, [%[to], #3]\n"                    \
  "strb r4, [%[to]], #4\n"                    \
  "add r11, r11, #4\n"                        \
  "cmp r11, r9\n"                             \
  "bne 0b\n"                                  \
  "add sp, sp, #16\n"
// clang-format on

TINYC_KERNEL void shared_depthwise_dsp(int32_t in_unsigned, int32_t is_unsigned, const SharedDepthwise& block,
                                       const int32_t* parameters, uint8_t* to) {
  const SharedDepthwise* shape = &block;
  __asm__ volatile(TINYC_SHARED_DEPTHWISE_BEGIN TINYC_SHARED_DEPTHWISE_ROW TINYC_SHARED_DEPTHWISE_PUT
                   : [x] "+r"(shape), [w] "+r"(parameters), [to] "+r"(to)
                   : [in_unsigned] "i"(in_unsigned), [is_unsigned] "i"(is_unsigned)
                   : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

TINYC_KERNEL void shared_depthwise_dsp(int32_t in_unsigned, int32_t is_unsigned, const SharedDepthwise& block,
                                       const int32_t* parameters, uint8_t* to) {
  const uint8_t* pieces[31];
  int32_t rows = 0;
  for (; block.pieces[rows] != nullptr; ++rows) pieces[rows] = block.pieces[rows];
  pieces[rows] = nullptr;
  for (int32_t c = 0; c < block.channels; c += 4, parameters += depthwise_dsp_parameters(rows, 3)) {
    depthwise_dsp<1>(rows, 3, 1, block.channels, in_unsigned, block.offset, block.shift, is_unsigned, pieces,
                     parameters, to + c);
    for (int32_t k = 0; k < rows; ++k) pieces[k] += 4;
  }
}

#endif
