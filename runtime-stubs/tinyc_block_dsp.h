// SPDX-License-Identifier: 0BSD
// The inner loop of convolutions on Armv7E-M: four output channels of two pixels, or of one, at a time.
//
// Four bytes of input lie in a word as b3 b2 b1 b0. The word itself is two 16-bit lanes 256 * b3 + b2 and 256 * b1 + b0
// (odd bytes signed, even bytes unsigned), so one dual product takes the odd taps and a known error:
//   lanes * (w1, w3) + (b0, b2) * (256 * w0 - w1, 256 * w2 - w3) = 256 * (b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3)
// Accumulators carry 256 times the sum. One exclusive or brings 8-bit integers of either sign into that form.
//
// Weights as bytes are kept as lanes 256 * w0 + w1 and 256 * w2 + w3, of which one instruction makes w1 and w3. With
// the even bytes of the input complemented, which adds 255 * (w1 + w3):
//   (256 * b1 - b0, 256 * b3 - b2) * (w1, w3) + (b0, b2) * (256 * w0 + w1, 256 * w2 + w3) is the same sum.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_dsp.h"

// Parameters of a block, one after the other: 4 biases; per word of input 4 weight pairs for the lanes, 4 for the even
// bytes, or 4 words of weights as bytes; 4 multipliers. Results: saturate((offset + high word of (sum * multiplier)) >>
// shift).
//
// block_dsp() takes them as scalars: GCC folds those, but not the members of a struct, into an instruction.
//   runs, words      pieces of a window that lie apart, and words of each
//   bytes            weights as bytes
//   between          bytes from one pixel's input to the other's
//   results          bytes from one pixel's results to the other's
//   flip             exclusive or
//   offset, shift    shift 1-31
//   is_unsigned      results
//   blocks           of four channels, one after the other
//   pieces           where each piece of the first pixel's window begins, then nullptr
TINYC_KERNEL int32_t block_dsp_parameters(int32_t runs, int32_t words, int32_t bytes) {
  return 8 + (bytes != 0 ? 4 : 8) * runs * words;
}

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Frame: [sp] pieces that are left, [sp, 4] end of the piece, results, input, end of the parameters. `once`: a block is
// one pass through the unrolled steps, the first of which starts the second pixel's sums from the first one's biases.
#define TINYC_BLOCK_BEGIN(copies)             \
  "sub sp, sp, #24\n"                         \
  "movw r3, #(%c[total]) & 0xffff\n"          \
  ".if %c[total] > 65535\n"                   \
  "movt r3, #(%c[total]) >> 16\n"             \
  ".endif\n"                                  \
  "add r3, r3, %[w]\n"                        \
  "strd %[x], r3, [sp, #12]\n"                \
  "str %[to], [sp, #8]\n"                     \
  "4:\n"                                      \
  "ldmia %[w]!, {r4, r5, r6, r7}\n"           \
  ".if %c[once] == 0\n"                       \
  copies                                      \
  ".endif\n"                                  \
  ".if %c[runs] > 1\n"                        \
  "0:\n"                                      \
  "mov r3, %[x]\n"                            \
  "ldr %[x], [r3], #4\n"                      \
  "str r3, [sp]\n"                            \
  ".endif\n"                                  \
  ".if %c[loops] > 1\n"                       \
  "add r3, %[x], #4 * %c[words]\n"            \
  "str r3, [sp, #4]\n"                        \
  "1:\n"                                      \
  ".endif\n"

#define TINYC_BLOCK_END(unroll)               \
  "add %[w], %[w], #%c[step] * " #unroll "\n" \
  ".if %c[loops] > 1\n"                       \
  "ldr r3, [sp, #4]\n"                        \
  "add %[x], %[x], #4 * " #unroll "\n"        \
  "cmp %[x], r3\n"                            \
  "bne 1b\n"                                  \
  ".endif\n"                                  \
  ".if %c[runs] > 1\n"                        \
  "ldr %[x], [sp]\n"                          \
  "ldr r3, [%[x]]\n"                          \
  "cmp r3, #0\n"                              \
  "bne 0b\n"                                  \
  ".endif\n"

#define TINYC_BLOCK_RESULT(sum, multiplier)                 \
  "smmla " sum ", " sum ", " multiplier ", %[to]\n"         \
  ".if %c[is_unsigned]\n"                                   \
  "usat " sum ", #8, " sum ", asr #%c[shift]\n"             \
  ".else\n"                                                 \
  "ssat " sum ", #8, " sum ", asr #%c[shift]\n"             \
  ".endif\n"

#define TINYC_BLOCK_MULTIPLIERS                             \
  "movw %[to], #(%c[offset]) & 0xffff\n"                    \
  "movt %[to], #((%c[offset]) >> 16) & 0xffff\n"            \
  "ldr %[x], [%[w], #12]\n"                                 \
  "ldmia %[w], {r3, r12, lr}\n"

#define TINYC_BLOCK_STEP_2(k)                               \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r12, [%[x], #4 * " #k " + %c[between]]\n"            \
  "ldr lr, [%[w], #32 * " #k "]\n"                          \
  "ldr %[to], [%[w], #32 * " #k " + 4]\n"                   \
  "eor r3, r3, #%c[flip]\n"                                 \
  "eor r12, r12, #%c[flip]\n"                               \
  ".if %c[once] && " #k " == 0\n"                           \
  "smlad r8, r12, lr, r4\n"                                 \
  "smlad r9, r12, %[to], r5\n"                              \
  ".else\n"                                                 \
  "smlad r8, r12, lr, r8\n"                                 \
  "smlad r9, r12, %[to], r9\n"                              \
  ".endif\n"                                                \
  "smlad r4, r3, lr, r4\n"                                  \
  "smlad r5, r3, %[to], r5\n"                               \
  "ldr lr, [%[w], #32 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #32 * " #k " + 12]\n"                  \
  ".if %c[once] && " #k " == 0\n"                           \
  "smlad r10, r12, lr, r6\n"                                \
  "smlad r11, r12, %[to], r7\n"                             \
  ".else\n"                                                 \
  "smlad r10, r12, lr, r10\n"                               \
  "smlad r11, r12, %[to], r11\n"                            \
  ".endif\n"                                                \
  "smlad r6, r3, lr, r6\n"                                  \
  "smlad r7, r3, %[to], r7\n"                               \
  "ldr lr, [%[w], #32 * " #k " + 16]\n"                     \
  "ldr %[to], [%[w], #32 * " #k " + 20]\n"                  \
  "uxtb16 r3, r3\n"                                         \
  "uxtb16 r12, r12\n"                                       \
  "smlad r4, r3, lr, r4\n"                                  \
  "smlad r8, r12, lr, r8\n"                                 \
  "smlad r5, r3, %[to], r5\n"                               \
  "smlad r9, r12, %[to], r9\n"                              \
  "ldr lr, [%[w], #32 * " #k " + 24]\n"                     \
  "ldr %[to], [%[w], #32 * " #k " + 28]\n"                  \
  "smlad r6, r3, lr, r6\n"                                  \
  "smlad r10, r12, lr, r10\n"                               \
  "smlad r7, r3, %[to], r7\n"                               \
  "smlad r11, r12, %[to], r11\n"

#define TINYC_BLOCK_STEP_1(k)                               \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r8, [%[w], #32 * " #k "]\n"                          \
  "ldr r9, [%[w], #32 * " #k " + 4]\n"                      \
  "ldr r10, [%[w], #32 * " #k " + 8]\n"                     \
  "ldr r11, [%[w], #32 * " #k " + 12]\n"                    \
  "ldr r12, [%[w], #32 * " #k " + 16]\n"                    \
  "ldr lr, [%[w], #32 * " #k " + 20]\n"                     \
  "eor r3, r3, #%c[flip]\n"                                 \
  "smlad r4, r3, r8, r4\n"                                  \
  "smlad r5, r3, r9, r5\n"                                  \
  "smlad r6, r3, r10, r6\n"                                 \
  "smlad r7, r3, r11, r7\n"                                 \
  "ldr r8, [%[w], #32 * " #k " + 24]\n"                     \
  "ldr r9, [%[w], #32 * " #k " + 28]\n"                     \
  "uxtb16 r3, r3\n"                                         \
  "smlad r4, r3, r12, r4\n"                                 \
  "smlad r5, r3, lr, r5\n"                                  \
  "smlad r6, r3, r8, r6\n"                                  \
  "smlad r7, r3, r9, r7\n"

// Weights as bytes: N from the input, the odd weights; then the even bytes again, all weights.
#define TINYC_BLOCK_COMPLEMENT(x)                           \
  ".if %c[flip] == 0x00800080\n"                            \
  "eor " x ", " x ", #0x007f007f\n"                         \
  ".else\n"                                                 \
  "mvn " x ", " x "\n"                                      \
  "eor " x ", " x ", #0x7f007f00\n"                         \
  ".endif\n"
#define TINYC_BLOCK_EVEN(x) "mvn " x ", " x "\n" "uxtb16 " x ", " x "\n"

#define TINYC_BLOCK_BYTES_2(k)                              \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r12, [%[x], #4 * " #k " + %c[between]]\n"            \
  "ldr lr, [%[w], #16 * " #k "]\n"                          \
  "ldr %[to], [%[w], #16 * " #k " + 4]\n"                   \
  TINYC_BLOCK_COMPLEMENT("r3")                              \
  TINYC_BLOCK_COMPLEMENT("r12")                             \
  "sxtb16 lr, lr\n"                                         \
  "sxtb16 %[to], %[to]\n"                                   \
  ".if %c[once] && " #k " == 0\n"                           \
  "smlad r8, r12, lr, r4\n"                                 \
  "smlad r9, r12, %[to], r5\n"                              \
  ".else\n"                                                 \
  "smlad r8, r12, lr, r8\n"                                 \
  "smlad r9, r12, %[to], r9\n"                              \
  ".endif\n"                                                \
  "smlad r4, r3, lr, r4\n"                                  \
  "smlad r5, r3, %[to], r5\n"                               \
  "ldr lr, [%[w], #16 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #16 * " #k " + 12]\n"                  \
  "sxtb16 lr, lr\n"                                         \
  "sxtb16 %[to], %[to]\n"                                   \
  ".if %c[once] && " #k " == 0\n"                           \
  "smlad r10, r12, lr, r6\n"                                \
  "smlad r11, r12, %[to], r7\n"                             \
  ".else\n"                                                 \
  "smlad r10, r12, lr, r10\n"                               \
  "smlad r11, r12, %[to], r11\n"                            \
  ".endif\n"                                                \
  "smlad r6, r3, lr, r6\n"                                  \
  "smlad r7, r3, %[to], r7\n"                               \
  "ldr lr, [%[w], #16 * " #k "]\n"                          \
  "ldr %[to], [%[w], #16 * " #k " + 4]\n"                   \
  TINYC_BLOCK_EVEN("r3")                                    \
  TINYC_BLOCK_EVEN("r12")                                   \
  "smlad r4, r3, lr, r4\n"                                  \
  "smlad r8, r12, lr, r8\n"                                 \
  "smlad r5, r3, %[to], r5\n"                               \
  "smlad r9, r12, %[to], r9\n"                              \
  "ldr lr, [%[w], #16 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #16 * " #k " + 12]\n"                  \
  "smlad r6, r3, lr, r6\n"                                  \
  "smlad r10, r12, lr, r10\n"                               \
  "smlad r7, r3, %[to], r7\n"                               \
  "smlad r11, r12, %[to], r11\n"

#define TINYC_BLOCK_BYTES_1(k)                              \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r8, [%[w], #16 * " #k "]\n"                          \
  "ldr r9, [%[w], #16 * " #k " + 4]\n"                      \
  "ldr r10, [%[w], #16 * " #k " + 8]\n"                     \
  "ldr r11, [%[w], #16 * " #k " + 12]\n"                    \
  TINYC_BLOCK_COMPLEMENT("r3")                              \
  "sxtb16 r12, r8\n"                                        \
  "sxtb16 lr, r9\n"                                         \
  "smlad r4, r3, r12, r4\n"                                 \
  "smlad r5, r3, lr, r5\n"                                  \
  "sxtb16 r12, r10\n"                                       \
  "sxtb16 lr, r11\n"                                        \
  "smlad r6, r3, r12, r6\n"                                 \
  "smlad r7, r3, lr, r7\n"                                  \
  TINYC_BLOCK_EVEN("r3")                                    \
  "smlad r4, r3, r8, r4\n"                                  \
  "smlad r5, r3, r9, r5\n"                                  \
  "smlad r6, r3, r10, r6\n"                                 \
  "smlad r7, r3, r11, r7\n"

#define TINYC_BLOCK_PUT_1                                   \
  TINYC_BLOCK_MULTIPLIERS                                   \
  TINYC_BLOCK_RESULT("r4", "r3")                            \
  TINYC_BLOCK_RESULT("r5", "r12")                           \
  TINYC_BLOCK_RESULT("r6", "lr")                            \
  TINYC_BLOCK_RESULT("r7", "%[x]")                          \
  "ldr %[to], [sp, #8]\n"                                   \
  "add sp, sp, #12\n"                                       \
  "strb r4, [%[to]]\n"                                      \
  "strb r5, [%[to], #1]\n"                                  \
  "strb r6, [%[to], #2]\n"                                  \
  "strb r7, [%[to], #3]\n"

#define TINYC_BLOCK_PUT_2                                   \
  TINYC_BLOCK_MULTIPLIERS                                   \
  TINYC_BLOCK_RESULT("r4", "r3")                            \
  TINYC_BLOCK_RESULT("r5", "r12")                           \
  TINYC_BLOCK_RESULT("r6", "lr")                            \
  TINYC_BLOCK_RESULT("r7", "%[x]")                          \
  TINYC_BLOCK_RESULT("r8", "r3")                            \
  TINYC_BLOCK_RESULT("r9", "r12")                           \
  TINYC_BLOCK_RESULT("r10", "lr")                           \
  TINYC_BLOCK_RESULT("r11", "%[x]")                         \
  "ldr %[to], [sp, #8]\n"                                   \
  "add sp, sp, #12\n"                                       \
  "strb r4, [%[to]]\n"                                      \
  "strb r5, [%[to], #1]\n"                                  \
  "strb r6, [%[to], #2]\n"                                  \
  "strb r7, [%[to], #3]\n"                                  \
  "strb r8, [%[to], #%c[results]]\n"                        \
  "strb r9, [%[to], #%c[results] + 1]\n"                    \
  "strb r10, [%[to], #%c[results] + 2]\n"                   \
  "strb r11, [%[to], #%c[results] + 3]\n"

// Ends a block; starts the next one.
#define TINYC_BLOCK_FIRST                                   \
  "movw %[to], #(%c[offset]) & 0xffff\n"                    \
  "movt %[to], #((%c[offset]) >> 16) & 0xffff\n"            \
  "ldmia %[w]!, {%[x], r3, r12, lr}\n"                      \
  TINYC_BLOCK_RESULT("r4", "%[x]")                          \
  TINYC_BLOCK_RESULT("r5", "r3")                            \
  TINYC_BLOCK_RESULT("r6", "r12")                           \
  TINYC_BLOCK_RESULT("r7", "lr")
#define TINYC_BLOCK_SECOND                                  \
  TINYC_BLOCK_RESULT("r8", "%[x]")                          \
  TINYC_BLOCK_RESULT("r9", "r3")                            \
  TINYC_BLOCK_RESULT("r10", "r12")                          \
  TINYC_BLOCK_RESULT("r11", "lr")
#define TINYC_BLOCK_STORE(bytes)                            \
  "strb r5, [%[to], #1]\n"                                  \
  "strb r6, [%[to], #2]\n"                                  \
  "strb r7, [%[to], #3]\n"                                  \
  "strb r4, [%[to]], #" #bytes "\n"                         \
  "ldrd %[x], r3, [sp, #12]\n"                              \
  "str %[to], [sp, #8]\n"                                   \
  "cmp %[w], r3\n"                                          \
  "bne 4b\n"                                                \
  "add sp, sp, #24\n"
#define TINYC_BLOCK_NEXT_1 TINYC_BLOCK_FIRST "ldr %[to], [sp, #8]\n" TINYC_BLOCK_STORE(4)
#define TINYC_BLOCK_NEXT_2                                  \
  TINYC_BLOCK_FIRST TINYC_BLOCK_SECOND                      \
  "ldr %[to], [sp, #8]\n"                                   \
  "strb r8, [%[to], #%c[results]]\n"                        \
  "strb r9, [%[to], #%c[results] + 1]\n"                    \
  "strb r10, [%[to], #%c[results] + 2]\n"                   \
  "strb r11, [%[to], #%c[results] + 3]\n"                   \
  TINYC_BLOCK_STORE(4)

#define TINYC_BLOCK_COPIES "mov r8, r4\nmov r9, r5\nmov r10, r6\nmov r11, r7\n"
#define TINYC_BLOCK_STEPS_1(S) S(0)
#define TINYC_BLOCK_STEPS_2(S) S(0) S(1)
#define TINYC_BLOCK_STEPS_3(S) S(0) S(1) S(2)
#define TINYC_BLOCK_STEPS_4(S) TINYC_BLOCK_STEPS_3(S) S(3)
#define TINYC_BLOCK_STEPS_5(S) TINYC_BLOCK_STEPS_4(S) S(4)
#define TINYC_BLOCK_STEPS_6(S) TINYC_BLOCK_STEPS_5(S) S(5)
#define TINYC_BLOCK_STEPS_7(S) TINYC_BLOCK_STEPS_6(S) S(6)
#define TINYC_BLOCK_STEPS_8(S) TINYC_BLOCK_STEPS_7(S) S(7)
#define TINYC_BLOCK_STEPS_9(S) TINYC_BLOCK_STEPS_8(S) S(8)
#define TINYC_BLOCK_STEPS_10(S) TINYC_BLOCK_STEPS_9(S) S(9)
#define TINYC_BLOCK_STEPS_11(S) TINYC_BLOCK_STEPS_10(S) S(10)
#define TINYC_BLOCK_STEPS_12(S) TINYC_BLOCK_STEPS_11(S) S(11)
#define TINYC_BLOCK_STEPS_13(S) TINYC_BLOCK_STEPS_12(S) S(12)
#define TINYC_BLOCK_STEPS_14(S) TINYC_BLOCK_STEPS_13(S) S(13)
#define TINYC_BLOCK_STEPS_15(S) TINYC_BLOCK_STEPS_14(S) S(14)
#define TINYC_BLOCK_STEPS_16(S) TINYC_BLOCK_STEPS_15(S) S(15)
// clang-format on

// form: STEP or BYTES, whose parameters of a word have `size` bytes.
#define TINYC_BLOCK_ASM(form, size, tile, unroll, copies)                                                              \
  __asm__ volatile(                                                                                                    \
      TINYC_BLOCK_BEGIN(copies) TINYC_BLOCK_STEPS_##unroll(TINYC_BLOCK_##form##_##tile) TINYC_BLOCK_END(unroll)        \
          TINYC_BLOCK_NEXT_##tile                                                                                      \
      : [x] "+r"(from), [w] "+r"(parameters), [to] "+r"(to)                                                            \
      : [runs] "i"(runs), [words] "i"(words), [loops] "i"(words / unroll), [between] "i"(between),                     \
        [results] "i"(results), [flip] "i"(flip), [offset] "i"(offset), [shift] "i"(shift),                            \
        [is_unsigned] "i"(is_unsigned), [step] "i"(size), [once] "i"(may_start && words == unroll), [total] "i"(total) \
      : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory")

template <int pixels>
TINYC_KERNEL void block_dsp(int32_t runs, int32_t words, int32_t bytes, int32_t between, int32_t results, uint32_t flip,
                            int32_t offset, int32_t shift, int32_t is_unsigned, int32_t blocks,
                            const uint8_t* const* pieces, const int32_t* parameters, uint8_t* to) {
  const void* from = runs > 1 ? static_cast<const void*>(pieces) : static_cast<const void*>(pieces[0]);
  const bool may_start = runs == 1;
  const int32_t total = 4 * blocks * block_dsp_parameters(runs, words, bytes);
  // Bytes are for small code too: fewer words at a time.
  if constexpr (pixels == 2) {
    if (bytes != 0 && words % 4 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 4, TINYC_BLOCK_COPIES);
    else if (bytes != 0 && words % 3 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 3, TINYC_BLOCK_COPIES);
    else if (bytes != 0 && words % 2 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 2, TINYC_BLOCK_COPIES);
    else if (bytes != 0)
      TINYC_BLOCK_ASM(BYTES, 16, 2, 1, TINYC_BLOCK_COPIES);
    else if (words % 16 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 16, TINYC_BLOCK_COPIES);
    else if (words % 15 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 15, TINYC_BLOCK_COPIES);
    else if (words % 14 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 14, TINYC_BLOCK_COPIES);
    else if (words % 13 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 13, TINYC_BLOCK_COPIES);
    else if (words % 12 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 12, TINYC_BLOCK_COPIES);
    else if (words % 11 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 11, TINYC_BLOCK_COPIES);
    else if (words % 10 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 10, TINYC_BLOCK_COPIES);
    else if (words % 9 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 9, TINYC_BLOCK_COPIES);
    else if (words % 8 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 8, TINYC_BLOCK_COPIES);
    else if (words % 7 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 7, TINYC_BLOCK_COPIES);
    else if (words % 6 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 6, TINYC_BLOCK_COPIES);
    else if (words % 5 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 5, TINYC_BLOCK_COPIES);
    else if (words % 4 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 4, TINYC_BLOCK_COPIES);
    else if (words % 3 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 3, TINYC_BLOCK_COPIES);
    else if (words % 2 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 2, 2, TINYC_BLOCK_COPIES);
    else
      TINYC_BLOCK_ASM(STEP, 32, 2, 1, TINYC_BLOCK_COPIES);
  } else {
    if (bytes != 0 && words % 2 == 0)
      TINYC_BLOCK_ASM(BYTES, 16, 1, 2, "");
    else if (bytes != 0)
      TINYC_BLOCK_ASM(BYTES, 16, 1, 1, "");
    else if (words % 8 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 8, "");
    else if (words % 7 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 7, "");
    else if (words % 6 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 6, "");
    else if (words % 5 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 5, "");
    else if (words % 4 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 4, "");
    else if (words % 3 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 3, "");
    else if (words % 2 == 0)
      TINYC_BLOCK_ASM(STEP, 32, 1, 2, "");
    else
      TINYC_BLOCK_ASM(STEP, 32, 1, 1, "");
  }
}

#else

TINYC_KERNEL uint8_t block_dsp_result(int32_t sum, int32_t multiplier, int32_t offset, int32_t shift,
                                      int32_t is_unsigned) {
  const int32_t high = static_cast<int32_t>((static_cast<int64_t>(sum) * multiplier) >> 32);
  const int32_t value = static_cast<int32_t>(static_cast<uint32_t>(offset) + static_cast<uint32_t>(high)) >> shift;
  return static_cast<uint8_t>(is_unsigned != 0 ? clamp_s32(value, 0, 255) : clamp_s32(value, -128, 127));
}

template <int pixels>
TINYC_KERNEL void block_dsp(int32_t runs, int32_t words, int32_t bytes, int32_t between, int32_t results, uint32_t flip,
                            int32_t offset, int32_t shift, int32_t is_unsigned, int32_t blocks,
                            const uint8_t* const* pieces, const int32_t* parameters, uint8_t* to) {
  const int32_t per_word = bytes != 0 ? 4 : 8;
  for (int32_t i = 0; i < pixels * blocks; ++i) {
    const int32_t p = i % pixels;
    const int32_t* biases = parameters + i / pixels * block_dsp_parameters(runs, words, bytes);
    const int32_t* multipliers = biases + 4 + per_word * runs * words;
    int32_t sums[4] = {biases[0], biases[1], biases[2], biases[3]};
    const int32_t* w = biases + 4;
    for (int32_t run = 0; run < runs; ++run) {
      for (int32_t k = 0; k < words; ++k, w += per_word) {
        const uint32_t word = load_word(pieces[run] + p * between + 4 * k) ^ flip;
        for (int32_t o = 0; o < 4 && bytes != 0; ++o) {
          const uint32_t weights = static_cast<uint32_t>(w[o]);
          sums[o] = smlad(word ^ 0x00FF00FFu, sign_extend_even(weights), sums[o]);
          sums[o] = smlad(zero_extend_even(word), weights, sums[o]);
        }
        for (int32_t o = 0; o < 4 && bytes == 0; ++o) {
          sums[o] = smlad(word, static_cast<uint32_t>(w[o]), sums[o]);
          sums[o] = smlad(zero_extend_even(word), static_cast<uint32_t>(w[4 + o]), sums[o]);
        }
      }
    }
    uint8_t* results_of_pixel = to + p * results + i / pixels * 4;
    for (int32_t o = 0; o < 4; ++o)
      results_of_pixel[o] = block_dsp_result(sums[o], multipliers[o], offset, shift, is_unsigned);
  }
}

#endif
