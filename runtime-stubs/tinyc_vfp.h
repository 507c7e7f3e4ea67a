// SPDX-License-Identifier: 0BSD
// Inner loops of float32 layers: four channels of one pixel or of several at a time. On Arm's scalar FPU in assembly:
// GCC loads registers one by one and fuses multiply and add, which takes 3 cycles there instead of 2.
//
// Each sum takes its taps in order, each product rounded before it is added, so that results do not depend on how many
// pixels are done together.
#pragma once

#include <stdint.h>

#include "runtime-stubs/tinyc_kernel.h"

// vfp_dot_1()    s<lane> += sum of x[k] * w[4 * k + lane], 0 <= k < count, 0 <= lane < 4
// vfp_dot_4()    the same for pixels x, x + between, x + 2 * between, x + 3 * between (floats): sums[4 * pixel + lane];
//                count >= 1
// vfp_taps<n>()  depthwise: sums[4 * pixel + lane] = bias[lane] + sum over rows and columns of
//                rows[row][pixel * between + column * step + lane] * weight; of each row `columns` weights of 4 lanes
//                each are used and the `skip` floats after them are not. 1 <= n <= 4 pixels; at least one row and
//                column.

#if defined(__thumb2__) && defined(__ARM_FP) && defined(__OPTIMIZE__) && !defined(TINYC_PORTABLE_TWINS)

// clang-format off
// sums + x * (four weights), with four products underway.
#define TINYC_VFP_PRODUCTS(x, w0, w1, w2, w3, s0, s1, s2, s3, t0, t1, t2, t3) \
  "vmul.f32 " t0 ", " x ", " w0 "\n"                                          \
  "vmul.f32 " t1 ", " x ", " w1 "\n"                                          \
  "vmul.f32 " t2 ", " x ", " w2 "\n"                                          \
  "vmul.f32 " t3 ", " x ", " w3 "\n"                                          \
  "vadd.f32 " s0 ", " s0 ", " t0 "\n"                                         \
  "vadd.f32 " s1 ", " s1 ", " t1 "\n"                                         \
  "vadd.f32 " s2 ", " s2 ", " t2 "\n"                                         \
  "vadd.f32 " s3 ", " s3 ", " t3 "\n"

#define TINYC_VFP_LOOP "subs %[n], %[n], #1\nbne 1b\n"

#define TINYC_VFP_ONE(x, w0, w1, w2, w3) \
  TINYC_VFP_PRODUCTS(x, w0, w1, w2, w3, "%[s0]", "%[s1]", "%[s2]", "%[s3]", "s12", "s13", "s14", "s15")
#define TINYC_VFP_ONE_BY_4                      \
  "vldmia %[x]!, {s8-s11}\n"                    \
  "vldmia %[w]!, {s16-s31}\n"                   \
  TINYC_VFP_ONE("s8", "s16", "s17", "s18", "s19")  \
  TINYC_VFP_ONE("s9", "s20", "s21", "s22", "s23")  \
  TINYC_VFP_ONE("s10", "s24", "s25", "s26", "s27") \
  TINYC_VFP_ONE("s11", "s28", "s29", "s30", "s31")
#define TINYC_VFP_ONE_BY_1                      \
  "vldmia %[x]!, {s8}\n"                        \
  "vldmia %[w]!, {s16-s19}\n"                   \
  TINYC_VFP_ONE("s8", "s16", "s17", "s18", "s19")

#define TINYC_VFP_FOUR(x, s0, s1, s2, s3) \
  TINYC_VFP_PRODUCTS(x, "s16", "s17", "s18", "s19", s0, s1, s2, s3, "s28", "s29", "s30", "s31")
#define TINYC_VFP_FOUR_TAPS(x0, x1, x2, x3)      \
  "vldmia %[w]!, {s16-s19}\n"                    \
  TINYC_VFP_FOUR(x0, "s0", "s1", "s2", "s3")     \
  TINYC_VFP_FOUR(x1, "s4", "s5", "s6", "s7")     \
  TINYC_VFP_FOUR(x2, "s8", "s9", "s10", "s11")   \
  TINYC_VFP_FOUR(x3, "s12", "s13", "s14", "s15")
#define TINYC_VFP_FOUR_PAIRS                     \
  "1:\n"                                         \
  "vldmia %[x0]!, {s20-s21}\n"                   \
  "vldmia %[x1]!, {s22-s23}\n"                   \
  "vldmia %[x2]!, {s24-s25}\n"                   \
  "vldmia %[x3]!, {s26-s27}\n"                   \
  TINYC_VFP_FOUR_TAPS("s20", "s22", "s24", "s26") \
  TINYC_VFP_FOUR_TAPS("s21", "s23", "s25", "s27") \
  TINYC_VFP_LOOP
#define TINYC_VFP_FOUR_LAST                      \
  "vldr s20, [%[x0]]\n"                          \
  "vldr s22, [%[x1]]\n"                          \
  "vldr s24, [%[x2]]\n"                          \
  "vldr s26, [%[x3]]\n"                          \
  TINYC_VFP_FOUR_TAPS("s20", "s22", "s24", "s26")
// clang-format on

#define TINYC_VFP_HIGH                                                                                            \
  "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31", \
      "cc", "memory"
#define TINYC_VFP_8_TO_15 "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15"
#define TINYC_VFP_0_TO_7 "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"

#define TINYC_VFP_ASM_ONE(body)                                                                                        \
  __asm__ volatile("1:\n" body TINYC_VFP_LOOP                                                                          \
                   : [s0] "+t"(s0), [s1] "+t"(s1), [s2] "+t"(s2), [s3] "+t"(s3), [x] "+r"(x), [w] "+r"(w), [n] "+r"(n) \
                   :                                                                                                   \
                   : TINYC_VFP_8_TO_15, TINYC_VFP_HIGH)

TINYC_KERNEL void vfp_dot_1(float& s0, float& s1, float& s2, float& s3, const float* x, const float* w, int32_t count) {
  int32_t n = count / 8;
  if (n > 0) TINYC_VFP_ASM_ONE(TINYC_VFP_ONE_BY_4 TINYC_VFP_ONE_BY_4);
  n = count % 8;
  if (n > 0) TINYC_VFP_ASM_ONE(TINYC_VFP_ONE_BY_1);
}

#define TINYC_VFP_ASM_FOUR(body)                                                                          \
  __asm__ volatile("vldmia %[sums], {s0-s15}\n" body "vstmia %[sums], {s0-s15}\n"                         \
                   : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [w] "+r"(w), [n] "+r"(n) \
                   : [sums] "r"(sums)                                                                     \
                   : TINYC_VFP_0_TO_7, TINYC_VFP_8_TO_15, TINYC_VFP_HIGH)

TINYC_KERNEL void vfp_dot_4(float* sums, const float* x0, int32_t between, const float* w, int32_t count) {
  const float* x1 = x0 + between;
  const float* x2 = x1 + between;
  const float* x3 = x2 + between;
  int32_t n = count / 2;
  if (count % 2 == 0)
    TINYC_VFP_ASM_FOUR(TINYC_VFP_FOUR_PAIRS);
  else
    TINYC_VFP_ASM_FOUR("cmp %[n], #0\nbeq 2f\n" TINYC_VFP_FOUR_PAIRS "2:\n" TINYC_VFP_FOUR_LAST);
}

// clang-format off
#define TINYC_VFP_TAP(x, v0, v1, v2, v3, s0, s1, s2, s3) \
  "vldmia " x ", {" v0 "-" v3 "}\n"                      \
  "add " x ", " x ", %[step]\n"                          \
  "vmul.f32 " v0 ", " v0 ", s16\n"                       \
  "vmul.f32 " v1 ", " v1 ", s17\n"                       \
  "vmul.f32 " v2 ", " v2 ", s18\n"                       \
  "vmul.f32 " v3 ", " v3 ", s19\n"                       \
  "vadd.f32 " s0 ", " s0 ", " v0 "\n"                    \
  "vadd.f32 " s1 ", " s1 ", " v1 "\n"                    \
  "vadd.f32 " s2 ", " s2 ", " v2 "\n"                    \
  "vadd.f32 " s3 ", " s3 ", " v3 "\n"
#define TINYC_VFP_TAP_1 TINYC_VFP_TAP("%[x0]", "s20", "s21", "s22", "s23", "s0", "s1", "s2", "s3")
#define TINYC_VFP_TAP_2 TINYC_VFP_TAP_1 TINYC_VFP_TAP("%[x1]", "s24", "s25", "s26", "s27", "s4", "s5", "s6", "s7")
#define TINYC_VFP_TAP_3 TINYC_VFP_TAP_2 TINYC_VFP_TAP("%[x2]", "s28", "s29", "s30", "s31", "s8", "s9", "s10", "s11")
#define TINYC_VFP_TAP_4 TINYC_VFP_TAP_3 TINYC_VFP_TAP("%[x3]", "s20", "s21", "s22", "s23", "s12", "s13", "s14", "s15")
#define TINYC_VFP_COPY(s0, s1, s2, s3) \
  "vmov.f32 " s0 ", s0\nvmov.f32 " s1 ", s1\nvmov.f32 " s2 ", s2\nvmov.f32 " s3 ", s3\n"
#define TINYC_VFP_COPY_1 ""
#define TINYC_VFP_COPY_2 TINYC_VFP_COPY("s4", "s5", "s6", "s7")
#define TINYC_VFP_COPY_3 TINYC_VFP_COPY_2 TINYC_VFP_COPY("s8", "s9", "s10", "s11")
#define TINYC_VFP_COPY_4 TINYC_VFP_COPY_3 TINYC_VFP_COPY("s12", "s13", "s14", "s15")
#define TINYC_VFP_NEXT_1 ""
#define TINYC_VFP_NEXT_2 "add %[x1], %[x0], %[between]\n"
#define TINYC_VFP_NEXT_3 TINYC_VFP_NEXT_2 "add %[x2], %[x1], %[between]\n"
#define TINYC_VFP_NEXT_4 TINYC_VFP_NEXT_3 "add %[x3], %[x2], %[between]\n"
#define TINYC_VFP_PUT_1 "vstmia %[sums], {s0-s3}\n"
#define TINYC_VFP_PUT_2 "vstmia %[sums], {s0-s7}\n"
#define TINYC_VFP_PUT_3 "vstmia %[sums], {s0-s11}\n"
#define TINYC_VFP_PUT_4 "vstmia %[sums], {s0-s15}\n"

#define TINYC_VFP_ASM_TAPS(pixels)                                                                                   \
  __asm__ volatile("vldmia %[x0], {s0-s3}\n"                                                                         \
                   TINYC_VFP_COPY_##pixels                                                                           \
                   "0:\n"                                                                                            \
                   "ldr %[x0], [%[rows]], #4\n"                                                                      \
                   "mov %[n], %[columns]\n"                                                                          \
                   TINYC_VFP_NEXT_##pixels                                                                           \
                   "1:\n"                                                                                            \
                   "vldmia %[w]!, {s16-s19}\n"                                                                       \
                   TINYC_VFP_TAP_##pixels                                                                            \
                   TINYC_VFP_LOOP                                                                                    \
                   "add %[w], %[w], %[skip]\n"                                                                       \
                   "subs %[count], %[count], #1\n"                                                                   \
                   "bne 0b\n"                                                                                        \
                   TINYC_VFP_PUT_##pixels                                                                            \
                   : [x0] "+&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [n] "=&r"(n), [rows] "+&r"(rows), \
                     [w] "+&r"(w), [count] "+&r"(count)                                                              \
                   : [columns] "rI"(columns), [between] "rI"(4 * between), [step] "rI"(4 * step),                    \
                     [skip] "rI"(4 * skip), [sums] "r"(sums)                                                         \
                   : TINYC_VFP_0_TO_7, TINYC_VFP_8_TO_15, TINYC_VFP_HIGH)
// clang-format on

template <int pixels>
TINYC_KERNEL void vfp_taps(float* sums, const float* bias, const float* const* rows, int32_t count, int32_t columns,
                           int32_t between, int32_t step, const float* w, int32_t skip) {
  const float* x0 = bias;
  const float *x1, *x2, *x3;
  int32_t n;
  if constexpr (pixels == 1) TINYC_VFP_ASM_TAPS(1);
  if constexpr (pixels == 2) TINYC_VFP_ASM_TAPS(2);
  if constexpr (pixels == 3) TINYC_VFP_ASM_TAPS(3);
  if constexpr (pixels == 4) TINYC_VFP_ASM_TAPS(4);
}

#else

TINYC_KERNEL void vfp_dot_1(float& s0, float& s1, float& s2, float& s3, const float* x, const float* w, int32_t count) {
  for (int32_t k = 0; k < count; ++k, w += 4) {
    s0 += x[k] * w[0];
    s1 += x[k] * w[1];
    s2 += x[k] * w[2];
    s3 += x[k] * w[3];
  }
}

TINYC_KERNEL void vfp_dot_4(float* sums, const float* x, int32_t between, const float* w, int32_t count) {
  for (int32_t pixel = 0; pixel < 4; ++pixel, sums += 4) {
    vfp_dot_1(sums[0], sums[1], sums[2], sums[3], x + pixel * between, w, count);
  }
}

template <int pixels>
TINYC_KERNEL void vfp_taps(float* sums, const float* bias, const float* const* rows, int32_t count, int32_t columns,
                           int32_t between, int32_t step, const float* w, int32_t skip) {
  for (int32_t i = 0; i < 4 * pixels; ++i) sums[i] = bias[i % 4];
  for (int32_t row = 0; row < count; ++row, w += skip) {
    for (int32_t column = 0; column < columns; ++column, w += 4) {
      for (int32_t i = 0; i < 4 * pixels; ++i) sums[i] += rows[row][i / 4 * between + column * step + i % 4] * w[i % 4];
    }
  }
}

#endif
