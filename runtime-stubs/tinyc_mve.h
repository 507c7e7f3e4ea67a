// SPDX-License-Identifier: 0BSD
// Helium (Armv8.1-M MVE): sums of 8-bit products by vectors, and their requantisation four results at a time. The real
// instructions where the core has them, and a portable twin with the same bits everywhere else.
#pragma once

#include <stdint.h>
#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#endif

#include "runtime-stubs/tinyc_kernel.h"

// Sums of 4 outputs.
struct MveSums {
  int32_t a, b, c, d;
};

// Results: saturate((offset + high word of ((256 * sum + added) * multiplier)) >> shift).
struct MveScaling {
  const int32_t* added;
  const int32_t* multiplier;
  int32_t offset, shift;
  bool out_unsigned;
};

#if defined(__ARM_FEATURE_MVE) && !defined(TINYC_PORTABLE_TWINS)

TINYC_KERNEL const int8_t* mve_bytes(const uint8_t* from) {
  return static_cast<const int8_t*>(static_cast<const void*>(from));
}

TINYC_KERNEL void mve_dot_16(MveSums& s, MveSums& t, int8x16_t x, int8x16_t y, int32_t windows, bool flip,
                             const int8_t* w) {
  if (flip) x = veorq_s8(x, vdupq_n_s8(-128));
  if (flip && windows == 2) y = veorq_s8(y, vdupq_n_s8(-128));
  const int8x16_t wa = vldrbq_s8(w);
  s.a = vmladavaq_s8(s.a, x, wa);
  if (windows == 2) t.a = vmladavaq_s8(t.a, y, wa);
  const int8x16_t wb = vldrbq_s8(w + 16);
  s.b = vmladavaq_s8(s.b, x, wb);
  if (windows == 2) t.b = vmladavaq_s8(t.b, y, wb);
  const int8x16_t wc = vldrbq_s8(w + 32);
  s.c = vmladavaq_s8(s.c, x, wc);
  if (windows == 2) t.c = vmladavaq_s8(t.c, y, wc);
  const int8x16_t wd = vldrbq_s8(w + 48);
  s.d = vmladavaq_s8(s.d, x, wd);
  if (windows == 2) t.d = vmladavaq_s8(t.d, y, wd);
}

#if defined(__OPTIMIZE__) && !defined(__clang__)
#define TINYC_MVE_ASSEMBLY true
#define TINYC_MVE_OUTPUT(of_s, of_t) \
  "vldrb.8 q2, [%[w]], #16\n\tvmladava.s8 " of_s ", q0, q2\n\tvmladava.s8 " of_t ", q1, q2\n\t"

// `vectors` of 16 taps of two windows. Sums take all even registers, so that the loop counts in an odd one: with GCC's
// counter in LR, sums are moved to and fro. Said to be clobbered, LR does not count an outer loop either.
TINYC_KERNEL void mve_dot_vectors(MveSums& s, MveSums& t, const uint8_t*& x, int32_t between, const int8_t*& w,
                                  int32_t vectors) {
  __asm__("mov lr, %[d1]\n0:\n\tvldrb.8 q1, [%[x], %[between]]\n\tvldrb.8 q0, [%[x]], #16\n\t"  //
          TINYC_MVE_OUTPUT("%[a0]", "%[a1]") TINYC_MVE_OUTPUT("%[b0]", "%[b1]")                 //
          TINYC_MVE_OUTPUT("%[c0]", "%[c1]") TINYC_MVE_OUTPUT("%[d0]", "lr")                    //
          "subs %[left], %[left], #1\n\tbne 0b\n\tmov %[d1], lr"
          : [a0] "+Te"(s.a), [b0] "+Te"(s.b), [c0] "+Te"(s.c), [d0] "+Te"(s.d), [a1] "+Te"(t.a), [b1] "+Te"(t.b),
            [c1] "+Te"(t.c), [d1] "+r"(t.d), [x] "+r"(x), [w] "+r"(w), [left] "+r"(vectors)
          : [between] "i"(between)
          : "d0", "d1", "d2", "d3", "d4", "d5", "lr", "cc", "memory");
}
#else
#define TINYC_MVE_ASSEMBLY false
TINYC_KERNEL void mve_dot_vectors(MveSums&, MveSums&, const uint8_t*&, int32_t, const int8_t*&, int32_t) {}
#endif

// Adds x[k] * w[k / 16][output][k % 16] to s and, of a second window `between` bytes after the first, to t; `flip` for
// unsigned x, which count as x - 128. Weights past `taps` are 0.
TINYC_KERNEL void mve_dot_4(MveSums& s, MveSums& t, const uint8_t* x, int32_t between, int32_t windows, bool flip,
                            const int8_t* w, int32_t taps) {
  const uint8_t* y = windows == 2 ? x + between : x;
  int32_t left = taps / 16;
  // Within the reach of an address in an instruction.
  if (TINYC_MVE_ASSEMBLY && windows == 2 && !flip && left > 0 && between < 128) {
    mve_dot_vectors(s, t, x, between, w, left);
    y = x + between;
    left = 0;
  }
  for (; left > 0; --left, x += 16, y += 16, w += 64)
    mve_dot_16(s, t, vldrbq_s8(mve_bytes(x)), vldrbq_s8(mve_bytes(y)), windows, flip, w);
  if (taps % 16 == 0) return;
  const mve_pred16_t some = vctp8q(static_cast<uint32_t>(taps % 16));
  mve_dot_16(s, t, vldrbq_z_s8(mve_bytes(x), some), vldrbq_z_s8(mve_bytes(y), some), windows, flip, w);
}

TINYC_KERNEL int32x4_t mve_scaled(int32x4_t sums, const MveScaling& scaling, int32_t first) {
  int32x4_t value = vmlaq_n_s32(vldrwq_s32(scaling.added + first), sums, 256);
  value = vaddq_n_s32(vmulhq_s32(value, vldrwq_s32(scaling.multiplier + first)), scaling.offset);
  value = vshlq_r_s32(value, -scaling.shift);
  const int32_t low = scaling.out_unsigned ? 0 : -128;
  return vmaxq_s32(vminq_s32(value, vdupq_n_s32(low + 255)), vdupq_n_s32(low));
}

// The results of channels from `first` on: 4 if `full`, else as many as `count` says, at most 4.
TINYC_KERNEL void mve_results_4(const MveSums& s, const MveScaling& scaling, int32_t first, bool full, int32_t count,
                                uint8_t* to) {
  int32x4_t sums = vdupq_n_s32(s.a);
  sums = vsetq_lane_s32(s.b, sums, 1);
  sums = vsetq_lane_s32(s.c, sums, 2);
  sums = vsetq_lane_s32(s.d, sums, 3);
  const uint32x4_t results = vreinterpretq_u32_s32(mve_scaled(sums, scaling, first));
  if (full) {
    vstrbq_u32(to, results);
  } else {
    vstrbq_p_u32(to, results, vctp32q(static_cast<uint32_t>(count)));
  }
}

TINYC_KERNEL int16x8_t mve_load_8(const uint8_t* from, bool is_unsigned, bool full, mve_pred16_t some) {
  if (is_unsigned) return vreinterpretq_s16_u16(full ? vldrbq_u16(from) : vldrbq_z_u16(from, some));
  return full ? vldrbq_s16(mve_bytes(from)) : vldrbq_z_s16(mve_bytes(from), some);
}

#if TINYC_MVE_ASSEMBLY
#define TINYC_MVE_TAP                                                                                      \
  "vldrb.s16 q0, [%[x]]\n\tvldrb.s16 q1, [%[w]], #8\n\tvmullb.s16 q2, q0, q1\n\tvmullt.s16 q0, q0, q1\n\t" \
  "vadd.i32 %q[even], %q[even], q2\n\tvadd.i32 %q[odd], %q[odd], q0\n\t"

// 3 taps of 8 channels.
TINYC_KERNEL void mve_depthwise_taps(int32x4_t& even, int32x4_t& odd, const uint8_t* x, int32_t step,
                                     const int8_t*& w) {
  __asm__(TINYC_MVE_TAP "add %[x], %[x], %[step]\n\t" TINYC_MVE_TAP "add %[x], %[x], %[step]\n\t" TINYC_MVE_TAP
          : [even] "+w"(even), [odd] "+w"(odd), [x] "+l"(x), [w] "+l"(w)
          : [step] "rI"(step)
          : "d0", "d1", "d2", "d3", "d4", "d5", "memory");
}
#else
TINYC_KERNEL void mve_depthwise_taps(int32x4_t&, int32x4_t&, const uint8_t*, int32_t, const int8_t*&) {}
#endif

// 8 channels of a depthwise window: `rows` pieces, each of `columns` pixels `step` bytes apart; channels from `first`
// on: 8 if `full`, else `count`, at most 8. Weights [tap][8]; added and multiplier: channels 0 2 4 6, then 1 3 5 7.
TINYC_KERNEL void mve_depthwise_8(const uint8_t* const* pieces, int32_t rows, int32_t columns, int32_t step,
                                  bool is_unsigned, const int8_t* w, const MveScaling& scaling, int32_t first,
                                  bool full, int32_t count, uint8_t* to) {
  const mve_pred16_t some = full ? static_cast<mve_pred16_t>(0xFFFF) : vctp16q(static_cast<uint32_t>(count));
  int32x4_t even = vdupq_n_s32(0);
  int32x4_t odd = vdupq_n_s32(0);
  const bool assembly = TINYC_MVE_ASSEMBLY && columns == 3 && full && !is_unsigned;
  if (assembly && rows == 3) {
    mve_depthwise_taps(even, odd, pieces[0] + first, step, w);
    mve_depthwise_taps(even, odd, pieces[1] + first, step, w);
    mve_depthwise_taps(even, odd, pieces[2] + first, step, w);
    rows = 0;
  }
  for (int32_t row = 0; row < rows; ++row) {
    const uint8_t* pixel = pieces[row] + first;
    if (assembly) {
      mve_depthwise_taps(even, odd, pixel, step, w);
      continue;
    }
    int32_t left = columns;
    if (columns % 3 == 0) {
      for (; left > 0; left -= 3, pixel += 3 * step, w += 24) {
        const int16x8_t x0 = mve_load_8(pixel, is_unsigned, full, some);
        const int16x8_t w0 = vldrbq_s16(w);
        even = vaddq_s32(even, vmullbq_int_s16(x0, w0));
        odd = vaddq_s32(odd, vmulltq_int_s16(x0, w0));
        const int16x8_t x1 = mve_load_8(pixel + step, is_unsigned, full, some);
        const int16x8_t w1 = vldrbq_s16(w + 8);
        even = vaddq_s32(even, vmullbq_int_s16(x1, w1));
        odd = vaddq_s32(odd, vmulltq_int_s16(x1, w1));
        const int16x8_t x2 = mve_load_8(pixel + 2 * step, is_unsigned, full, some);
        const int16x8_t w2 = vldrbq_s16(w + 16);
        even = vaddq_s32(even, vmullbq_int_s16(x2, w2));
        odd = vaddq_s32(odd, vmulltq_int_s16(x2, w2));
      }
      continue;
    }
    for (; left > 0; --left, pixel += step, w += 8) {
      const int16x8_t x = mve_load_8(pixel, is_unsigned, full, some);
      const int16x8_t weights = vldrbq_s16(w);
      even = vaddq_s32(even, vmullbq_int_s16(x, weights));
      odd = vaddq_s32(odd, vmulltq_int_s16(x, weights));
    }
  }
  even = mve_scaled(even, scaling, first);
  odd = mve_scaled(odd, scaling, first + 4);
  const uint16x8_t results = vreinterpretq_u16_s16(vmovntq_s32(vreinterpretq_s16_s32(even), odd));
  if (full) {
    vstrbq_u16(to, results);
  } else {
    vstrbq_p_u16(to, results, some);
  }
}

#else

TINYC_KERNEL void mve_dot_4_of_one(MveSums& s, const uint8_t* x, bool flip, const int8_t* w, int32_t taps) {
  for (int32_t k = 0; k < taps; ++k) {
    const int32_t value = static_cast<int8_t>(flip ? x[k] ^ 0x80 : x[k]);
    const int8_t* at = w + k / 16 * 64 + k % 16;
    s.a += value * at[0];
    s.b += value * at[16];
    s.c += value * at[32];
    s.d += value * at[48];
  }
}

TINYC_KERNEL void mve_dot_4(MveSums& s, MveSums& t, const uint8_t* x, int32_t between, int32_t windows, bool flip,
                            const int8_t* w, int32_t taps) {
  mve_dot_4_of_one(s, x, flip, w, taps);
  if (windows == 2) mve_dot_4_of_one(t, x + between, flip, w, taps);
}

TINYC_KERNEL uint8_t mve_result(int32_t sum, const MveScaling& scaling, int32_t index) {
  const auto value =
      static_cast<int32_t>(static_cast<uint32_t>(sum) * 256u + static_cast<uint32_t>(scaling.added[index]));
  const auto high = static_cast<int32_t>((static_cast<int64_t>(value) * scaling.multiplier[index]) >> 32);
  const int32_t low = scaling.out_unsigned ? 0 : -128;
  return static_cast<uint8_t>(clamp_s32((high + scaling.offset) >> scaling.shift, low, low + 255));
}

TINYC_KERNEL void mve_results_4(const MveSums& s, const MveScaling& scaling, int32_t first, bool full, int32_t count,
                                uint8_t* to) {
  if (full) count = 4;
  to[0] = mve_result(s.a, scaling, first);
  if (count > 1) to[1] = mve_result(s.b, scaling, first + 1);
  if (count > 2) to[2] = mve_result(s.c, scaling, first + 2);
  if (count > 3) to[3] = mve_result(s.d, scaling, first + 3);
}

TINYC_KERNEL void mve_depthwise_8(const uint8_t* const* pieces, int32_t rows, int32_t columns, int32_t step,
                                  bool is_unsigned, const int8_t* w, const MveScaling& scaling, int32_t first,
                                  bool full, int32_t count, uint8_t* to) {
  for (int32_t lane = 0; lane < 8 && (full || lane < count); ++lane) {
    int32_t sum = 0;
    for (int32_t row = 0; row < rows; ++row) {
      for (int32_t column = 0; column < columns; ++column)
        sum += load_8(pieces[row] + column * step, first + lane, is_unsigned) * w[(row * columns + column) * 8 + lane];
    }
    to[lane] = mve_result(sum, scaling, first + lane % 2 * 4 + lane / 2);
  }
}

#endif
