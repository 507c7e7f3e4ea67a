// SPDX-License-Identifier: 0BSD
// The inner loops of 3 x 3 depthwise convolutions as depthwise_rows_dsp() has them, for shapes that are known when they
// run: one function serves all layers. Per pixel of two rows it takes 9 cycles more.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_depthwise_rows_dsp.h"

// What depthwise_rows_dsp() takes one by one. Read as an array by the loop in assembly.
struct SharedRows {
  int32_t offset;         // of results
  int32_t second, shift;  // from the first row's results to the second's (0: there is none); of results
  int32_t channels;       // bytes from a pixel's result to the next one's
  int32_t out_w;
};

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Frame: [sp] multiplier, SharedRows (20 bytes), columns, parameters, results, channels that are left.
#define TINYC_SHARED_ROWS_BEGIN               \
  "ldmia r3, {r4, r5, r6, r7, r8}\n"          \
  "sub sp, sp, #40\n"                         \
  "add r3, sp, #4\n"                          \
  "stmia r3, {r4, r5, r6, r7, r8}\n"          \
  "mov r3, #4\n"                              \
  "1:\n"                                      \
  "ldmia %[w]!, {r4, r5, r6, r7, r8, r9, r10, r11}\n" \
  "str r3, [sp, #36]\n"                       \
  "str r11, [sp]\n"                           \
  "str %[x], [sp, #24]\n"                     \
  "str %[w], [sp, #28]\n"                     \
  "str %[to], [sp, #32]\n"                    \
  "ldr %[w], [sp, #20]\n"                     \
  "tst %[w], #1\n"                            \
  "bne 3f\n"                                  \
  "2:\n"

#define TINYC_SHARED_ROWS_PUT                 \
  "ldrd r3, lr, [sp]\n"                       \
  "smmla r11, r11, r3, lr\n"                  \
  "smmla r12, r12, r3, lr\n"                  \
  "ldrd r3, lr, [sp, #8]\n"                   \
  "asr r11, r11, lr\n"                        \
  "asr r12, r12, lr\n"                        \
  "ldr lr, [sp, #16]\n"                       \
  TINYC_BLOCK_SATURATE("r11", "r11")          \
  TINYC_BLOCK_SATURATE("r12", "r12")          \
  "strb r12, [%[to], r3]\n"                   \
  "strb r11, [%[to]]\n"                       \
  "add %[to], %[to], lr\n"

#define TINYC_SHARED_ROWS_END                 \
  "subs %[w], %[w], #2\n"                     \
  "bgt 2b\n"                                  \
  "ldr %[x], [sp, #24]\n"                     \
  "ldr %[w], [sp, #28]\n"                     \
  "ldr %[to], [sp, #32]\n"                    \
  "ldr r3, [sp, #36]\n"                       \
  "add %[x], %[x], #8\n"                      \
  "add %[to], %[to], #1\n"                    \
  "subs r3, r3, #1\n"                         \
  "bne 1b\n"                                  \
  "add sp, sp, #40\n"
// clang-format on

TINYC_KERNEL void shared_rows_dsp(int32_t is_unsigned, const SharedRows& shape, const uint32_t* columns,
                                  const int32_t* parameters, uint8_t* to) {
  register const SharedRows* from __asm__("r3") = &shape;
  __asm__ volatile(TINYC_SHARED_ROWS_BEGIN TINYC_DEPTHWISE_ROWS_PIXEL TINYC_SHARED_ROWS_PUT
                   "3:\n" TINYC_DEPTHWISE_ROWS_PIXEL TINYC_SHARED_ROWS_PUT TINYC_SHARED_ROWS_END
                   : [x] "+r"(columns), [w] "+r"(parameters), [to] "+r"(to), "+r"(from)
                   : [is_unsigned] "i"(is_unsigned)
                   : "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

TINYC_KERNEL void shared_rows_dsp(int32_t is_unsigned, const SharedRows& shape, const uint32_t* columns,
                                  const int32_t* parameters, uint8_t* to) {
  const DepthwiseRowsTo results = {to, shape.second};
  depthwise_rows_dsp(shape.out_w, 1, shape.channels, shape.offset, shape.shift, is_unsigned, columns, parameters,
                     results);
}

#endif
