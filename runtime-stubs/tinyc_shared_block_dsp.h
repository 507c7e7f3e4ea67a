// SPDX-License-Identifier: 0BSD
// The inner loop of convolutions on Armv7E-M as block_dsp() has it, for shapes that are known when it runs: one
// function serves all layers. Per word of four channels and two pixels it takes 4 cycles more.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_block_dsp.h"

// What block_dsp() takes one by one, for all output channels of two pixels. Read as an array by the loop in assembly.
struct SharedBlock {
  const uint8_t* const* pieces;  // where each piece of the first pixel's window begins, then nullptr
  int32_t between;               // bytes from one pixel's input to the other's
  int32_t results;               // bytes from one pixel's results to the other's
  int32_t span;                  // bytes of each piece, a multiple of 4
  int32_t offset, shift;         // of results
  int32_t blocks;                // of four channels
};

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Frame: [sp] end of the piece, pieces that are left, results, all pieces, then SharedBlock without them (12 bytes on).
// Parameters are read from one word further back, so that the last load of a word's weights can move on.
#define TINYC_SHARED_BLOCK_BEGIN              \
  "ldmia %[x], {r3, r4, r5, r6, r7, r8, r9}\n" \
  "stmdb sp!, {r3, r4, r5, r6, r7, r8, r9}\n" \
  "sub sp, sp, #12\n"                         \
  "0:\n"                                      \
  "str %[to], [sp, #8]\n"                     \
  "ldmia %[w]!, {r4, r5, r6, r7}\n"           \
  "ldr %[x], [sp, #12]\n"                     \
  "sub %[w], %[w], #4\n"                      \
  "mov r8, r4\n"                              \
  "mov r9, r5\n"                              \
  "mov r10, r6\n"                             \
  "mov r11, r7\n"                             \
  "1:\n"                                      \
  "ldr r3, [sp, #24]\n"                       \
  "ldr r12, [%[x]], #4\n"                     \
  "str %[x], [sp, #4]\n"                      \
  "mov %[x], r12\n"                           \
  "add r12, r12, r3\n"                        \
  "str r12, [sp]\n"                           \
  "tst r3, #4\n"                              \
  "bne 3f\n"                                  \
  "2:\n"

#define TINYC_SHARED_BLOCK_END                \
  "ldr r3, [sp]\n"                            \
  "cmp %[x], r3\n"                            \
  "bne 2b\n"                                  \
  "ldr %[x], [sp, #4]\n"                      \
  "ldr r3, [%[x]]\n"                          \
  "cmp r3, #0\n"                              \
  "bne 1b\n"

#define TINYC_SHARED_BLOCK_RESULT(sum, multiplier) "smmla " sum ", " sum ", " multiplier ", %[to]\n"
#define TINYC_SHARED_BLOCK_SATURATE(sum)      \
  "asr " sum ", " sum ", r3\n"                \
  TINYC_BLOCK_SATURATE(sum, sum)

#define TINYC_SHARED_BLOCK_PUT                \
  "ldr %[to], [sp, #28]\n"                    \
  "add %[w], %[w], #4\n"                      \
  "ldmia %[w]!, {r3, r12, lr}\n"              \
  "ldr %[x], [%[w]], #4\n"                    \
  TINYC_SHARED_BLOCK_RESULT("r4", "r3")       \
  TINYC_SHARED_BLOCK_RESULT("r5", "r12")      \
  TINYC_SHARED_BLOCK_RESULT("r6", "lr")       \
  TINYC_SHARED_BLOCK_RESULT("r7", "%[x]")     \
  TINYC_SHARED_BLOCK_RESULT("r8", "r3")       \
  TINYC_SHARED_BLOCK_RESULT("r9", "r12")      \
  TINYC_SHARED_BLOCK_RESULT("r10", "lr")      \
  TINYC_SHARED_BLOCK_RESULT("r11", "%[x]")    \
  "ldrd r3, %[x], [sp, #32]\n"                \
  "ldr r12, [sp, #20]\n"                      \
  "ldr %[to], [sp, #8]\n"                     \
  TINYC_SHARED_BLOCK_SATURATE("r4")           \
  TINYC_SHARED_BLOCK_SATURATE("r5")           \
  TINYC_SHARED_BLOCK_SATURATE("r6")           \
  TINYC_SHARED_BLOCK_SATURATE("r7")           \
  TINYC_SHARED_BLOCK_SATURATE("r8")           \
  TINYC_SHARED_BLOCK_SATURATE("r9")           \
  TINYC_SHARED_BLOCK_SATURATE("r10")          \
  TINYC_SHARED_BLOCK_SATURATE("r11")          \
  "add r12, r12, %[to]\n"                     \
  "strb r8, [r12]\n"                          \
  "strb r9, [r12, #1]\n"                      \
  "strb r10, [r12, #2]\n"                     \
  "strb r11, [r12, #3]\n"                     \
  "strb r5, [%[to], #1]\n"                    \
  "strb r6, [%[to], #2]\n"                    \
  "strb r7, [%[to], #3]\n"                    \
  "strb r4, [%[to]], #4\n"                    \
  "subs %[x], %[x], #1\n"                     \
  "str %[x], [sp, #36]\n"                     \
  "bne 0b\n"                                  \
  "add sp, sp, #40\n"

#define TINYC_SHARED_BLOCK_PAIRS              \
  "ldr r12, [sp, #16]\n"                      \
  "ldr lr, [%[w], #4]\n"                      \
  "ldr %[to], [%[w], #8]\n"                   \
  "ldr r12, [%[x], r12]\n"                    \
  "ldr r3, [%[x]], #4\n"                      \
  "eor r3, r3, #%c[flip]\n"                   \
  "eor r12, r12, #%c[flip]\n"                 \
  TINYC_BLOCK_ADD("r4", "r5", "r8", "r9")     \
  "ldr lr, [%[w], #12]\n"                     \
  "ldr %[to], [%[w], #16]\n"                  \
  TINYC_BLOCK_ADD("r6", "r7", "r10", "r11")   \
  "ldr lr, [%[w], #20]\n"                     \
  "ldr %[to], [%[w], #24]\n"                  \
  "uxtb16 r3, r3\n"                           \
  "uxtb16 r12, r12\n"                         \
  TINYC_BLOCK_ADD("r4", "r5", "r8", "r9")     \
  "ldr lr, [%[w], #28]\n"                     \
  "ldr %[to], [%[w], #32]!\n"                 \
  TINYC_BLOCK_ADD("r6", "r7", "r10", "r11")

#define TINYC_SHARED_BLOCK_BYTES              \
  "ldr r12, [sp, #16]\n"                      \
  "ldr lr, [%[w], #4]\n"                      \
  "ldr %[to], [%[w], #8]\n"                   \
  "ldr r12, [%[x], r12]\n"                    \
  "ldr r3, [%[x]], #4\n"                      \
  TINYC_BLOCK_COMPLEMENT("r3")                \
  TINYC_BLOCK_COMPLEMENT("r12")               \
  "sxtb16 lr, lr\n"                           \
  "sxtb16 %[to], %[to]\n"                     \
  TINYC_BLOCK_ADD("r4", "r5", "r8", "r9")     \
  "ldr lr, [%[w], #12]\n"                     \
  "ldr %[to], [%[w], #16]\n"                  \
  "sxtb16 lr, lr\n"                           \
  "sxtb16 %[to], %[to]\n"                     \
  TINYC_BLOCK_ADD("r6", "r7", "r10", "r11")   \
  "ldr lr, [%[w], #4]\n"                      \
  "ldr %[to], [%[w], #8]\n"                   \
  TINYC_BLOCK_EVEN("r3")                      \
  TINYC_BLOCK_EVEN("r12")                     \
  TINYC_BLOCK_ADD("r4", "r5", "r8", "r9")     \
  "ldr lr, [%[w], #12]\n"                     \
  "ldr %[to], [%[w], #16]!\n"                 \
  TINYC_BLOCK_ADD("r6", "r7", "r10", "r11")
// clang-format on

#define TINYC_SHARED_BLOCK_ASM(STEP)                                                                       \
  __asm__ volatile(TINYC_SHARED_BLOCK_BEGIN STEP "3:\n" STEP TINYC_SHARED_BLOCK_END TINYC_SHARED_BLOCK_PUT \
                   : [x] "+r"(shape), [w] "+r"(parameters), [to] "+r"(to)                                  \
                   : [flip] "i"(flip), [is_unsigned] "i"(is_unsigned)                                      \
                   : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory")

TINYC_KERNEL void shared_block_dsp(int32_t bytes, uint32_t flip, int32_t is_unsigned, const SharedBlock& block,
                                   const int32_t* parameters, uint8_t* to) {
  const SharedBlock* shape = &block;
  if (bytes != 0)
    TINYC_SHARED_BLOCK_ASM(TINYC_SHARED_BLOCK_BYTES);
  else
    TINYC_SHARED_BLOCK_ASM(TINYC_SHARED_BLOCK_PAIRS);
}

#else

TINYC_KERNEL void shared_block_dsp(int32_t bytes, uint32_t flip, int32_t is_unsigned, const SharedBlock& block,
                                   const int32_t* parameters, uint8_t* to) {
  int32_t runs = 0;
  while (block.pieces[runs] != nullptr) ++runs;
  const int32_t words = block.span / 4;
  block_dsp<2>(runs, words, bytes, block.between, block.results, flip, block.offset, block.shift, is_unsigned,
               block.blocks, block.pieces, parameters, to);
}

#endif
