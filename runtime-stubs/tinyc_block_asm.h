// SPDX-License-Identifier: 0BSD
// The assembly of runtime-stubs/tinyc_block_dsp.h, in pieces that its relatives use too.
#pragma once

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// Bytes 0 and 2 of a word as 16-bit lanes; `from` may be rotated.
#define TINYC_BLOCK_EXTEND(to, from)                        \
  ".if %c[in_unsigned]\n"                                   \
  "uxtb16 " to ", " from "\n"                               \
  ".else\n"                                                 \
  "sxtb16 " to ", " from "\n"                               \
  ".endif\n"
// The 8 bits of `sum`, which may be shifted.
#define TINYC_BLOCK_SATURATE(to, sum)                       \
  ".if %c[is_unsigned]\n"                                   \
  "usat " to ", #8, " sum "\n"                              \
  ".else\n"                                                 \
  "ssat " to ", #8, " sum "\n"                              \
  ".endif\n"
#define TINYC_BLOCK_SATURATE_SHIFTED(sum) TINYC_BLOCK_SATURATE(sum, sum ", asr #%c[shift]")

// Inputs r3 and r12 times the weights of two channels: sums a and b of the first pixel, c and d of the second.
#define TINYC_BLOCK_ADD(a, b, c, d)                         \
  "smlad " a ", r3, lr, " a "\n"                            \
  "smlad " c ", r12, lr, " c "\n"                           \
  "smlad " b ", r3, %[to], " b "\n"                         \
  "smlad " d ", r12, %[to], " d "\n"
// The first of a block, which may start the second pixel's sums from the first one's biases.
#define TINYC_BLOCK_ADD_FIRST(k, a, b, c, d)                \
  ".if %c[once] && " #k " == 0\n"                           \
  "smlad " c ", r12, lr, " a "\n"                           \
  "smlad " d ", r12, %[to], " b "\n"                        \
  ".else\n"                                                 \
  "smlad " c ", r12, lr, " c "\n"                           \
  "smlad " d ", r12, %[to], " d "\n"                        \
  ".endif\n"                                                \
  "smlad " a ", r3, lr, " a "\n"                            \
  "smlad " b ", r3, %[to], " b "\n"

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

#define TINYC_BLOCK_OFFSET                                  \
  ".if %c[offset]\n"                                        \
  "movw %[to], #(%c[offset]) & 0xffff\n"                    \
  "movt %[to], #((%c[offset]) >> 16) & 0xffff\n"            \
  ".endif\n"

#define TINYC_BLOCK_RESULT(sum, multiplier)                 \
  ".if %c[offset]\n"                                        \
  "smmla " sum ", " sum ", " multiplier ", %[to]\n"         \
  ".else\n"                                                 \
  "smmul " sum ", " sum ", " multiplier "\n"                \
  ".endif\n"                                                \
  TINYC_BLOCK_SATURATE_SHIFTED(sum)

#define TINYC_BLOCK_MULTIPLIERS                             \
  TINYC_BLOCK_OFFSET                                        \
  "ldr %[x], [%[w], #12]\n"                                 \
  "ldmia %[w], {r3, r12, lr}\n"

#define TINYC_BLOCK_STEP_2(k)                               \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r12, [%[x], #4 * " #k " + %c[between]]\n"            \
  "ldr lr, [%[w], #32 * " #k "]\n"                          \
  "ldr %[to], [%[w], #32 * " #k " + 4]\n"                   \
  ".if %c[flip]\n"                                          \
  "eor r3, r3, #%c[flip]\n"                                 \
  "eor r12, r12, #%c[flip]\n"                               \
  ".endif\n"                                                \
  TINYC_BLOCK_ADD_FIRST(k, "r4", "r5", "r8", "r9")          \
  "ldr lr, [%[w], #32 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #32 * " #k " + 12]\n"                  \
  TINYC_BLOCK_ADD_FIRST(k, "r6", "r7", "r10", "r11")        \
  "ldr lr, [%[w], #32 * " #k " + 16]\n"                     \
  "ldr %[to], [%[w], #32 * " #k " + 20]\n"                  \
  "uxtb16 r3, r3\n"                                         \
  "uxtb16 r12, r12\n"                                       \
  TINYC_BLOCK_ADD("r4", "r5", "r8", "r9")                   \
  "ldr lr, [%[w], #32 * " #k " + 24]\n"                     \
  "ldr %[to], [%[w], #32 * " #k " + 28]\n"                  \
  TINYC_BLOCK_ADD("r6", "r7", "r10", "r11")

#define TINYC_BLOCK_STEP_1(k)                               \
  "ldr r3, [%[x], #4 * " #k "]\n"                           \
  "ldr r8, [%[w], #32 * " #k "]\n"                          \
  "ldr r9, [%[w], #32 * " #k " + 4]\n"                      \
  "ldr r10, [%[w], #32 * " #k " + 8]\n"                     \
  "ldr r11, [%[w], #32 * " #k " + 12]\n"                    \
  "ldr r12, [%[w], #32 * " #k " + 16]\n"                    \
  "ldr lr, [%[w], #32 * " #k " + 20]\n"                     \
  ".if %c[flip]\n"                                          \
  "eor r3, r3, #%c[flip]\n"                                 \
  ".endif\n"                                                \
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
  TINYC_BLOCK_ADD_FIRST(k, "r4", "r5", "r8", "r9")          \
  "ldr lr, [%[w], #16 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #16 * " #k " + 12]\n"                  \
  "sxtb16 lr, lr\n"                                         \
  "sxtb16 %[to], %[to]\n"                                   \
  TINYC_BLOCK_ADD_FIRST(k, "r6", "r7", "r10", "r11")        \
  "ldr lr, [%[w], #16 * " #k "]\n"                          \
  "ldr %[to], [%[w], #16 * " #k " + 4]\n"                   \
  TINYC_BLOCK_EVEN("r3")                                    \
  TINYC_BLOCK_EVEN("r12")                                   \
  TINYC_BLOCK_ADD("r4", "r5", "r8", "r9")                   \
  "ldr lr, [%[w], #16 * " #k " + 8]\n"                      \
  "ldr %[to], [%[w], #16 * " #k " + 12]\n"                  \
  TINYC_BLOCK_ADD("r6", "r7", "r10", "r11")

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
  TINYC_BLOCK_OFFSET                                        \
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

#endif
