// SPDX-License-Identifier: 0BSD
// Sums of 4 outputs for one or two windows at a time, in registers: for cores that multiply one pair of numbers at
// once. `small` cores have eight registers, load bytes with a sign only in two instructions, so weights are kept plus
// 128, and have no product of 64 bits.
#pragma once

#include "backends/portable/shared/tile_q8_thumb.h"
#include "backends/portable/shared/tile_sums.h"
#include "runtime-stubs/tinyc_kernel.h"

TINYC_KERNEL int32_t tile_q8_weight(const int8_t* w, int32_t index, bool small) {
  return small ? static_cast<int32_t>(static_cast<uint8_t>(w[index])) : static_cast<int32_t>(w[index]);
}

TINYC_KERNEL void tile_q8_tap(TileSums& s, const uint8_t* x, bool is_unsigned, const int8_t* w, bool small) {
  const int32_t value = load_8(x, 0, is_unsigned);
  s.a0 += value * tile_q8_weight(w, 0, small);
  s.b0 += value * tile_q8_weight(w, 1, small);
  s.c0 += value * tile_q8_weight(w, 2, small);
  s.d0 += value * tile_q8_weight(w, 3, small);
#if defined(__OPTIMIZE__) && defined(__riscv)
  // Nothing of the next tap begins before this one is done: registers would be spilled.
  __asm__ volatile("" : "+r"(s.a0), "+r"(s.b0), "+r"(s.c0), "+r"(s.d0) : : "memory");
#endif
}

TINYC_KERNEL void tile_q8_tap_of_two(TileSums& s, const uint8_t* x, int32_t between, bool is_unsigned,
                                     const int8_t* w) {
  const int32_t x0 = load_8(x, 0, is_unsigned);
  const int32_t x1 = load_8(x, between, is_unsigned);
  s.a0 += x0 * w[0];
  s.a1 += x1 * w[0];
  s.b0 += x0 * w[1];
  s.b1 += x1 * w[1];
  s.c0 += x0 * w[2];
  s.c1 += x1 * w[2];
  s.d0 += x0 * w[3];
  s.d1 += x1 * w[3];
#if defined(__OPTIMIZE__) && defined(__riscv)
  __asm__ volatile(""
                   : "+r"(s.a0), "+r"(s.b0), "+r"(s.c0), "+r"(s.d0), "+r"(s.a1), "+r"(s.b1), "+r"(s.c1), "+r"(s.d1)
                   :
                   : "memory");
#endif
}

TINYC_KERNEL void tile_q8_any_tap(TileSums& s, const uint8_t* x, int32_t between, int32_t windows, bool is_unsigned,
                                  const int8_t* w, bool small) {
  if (windows == 2) {
    tile_q8_tap_of_two(s, x, between, is_unsigned, w);
  } else {
    tile_q8_tap(s, x, is_unsigned, w, small);
  }
}

// Taps at, at + 1 ... of x and w.
TINYC_KERNEL void tile_q8_four_taps(TileSums& s, const uint8_t* x, int32_t between, int32_t windows, bool is_unsigned,
                                    const int8_t* w, bool small, int32_t at) {
  // Within the reach of an address in an instruction.
  if (TINYC_TILE_ASSEMBLY(small) && between < 4000) {
    tile_q8_assembly(s, x, between, windows, is_unsigned, w, at);
    return;
  }
  tile_q8_any_tap(s, x + at, between, windows, is_unsigned, w + 4 * at, small);
  tile_q8_any_tap(s, x + at + 1, between, windows, is_unsigned, w + 4 * at + 4, small);
  tile_q8_any_tap(s, x + at + 2, between, windows, is_unsigned, w + 4 * at + 8, small);
  tile_q8_any_tap(s, x + at + 3, between, windows, is_unsigned, w + 4 * at + 12, small);
}

// Adds x[k] * w[4 * k + lane], 0 <= k < taps; the second window lies `between` bytes after the first.
TINYC_KERNEL void tile_q8_run(TileSums& s, const uint8_t* x, int32_t between, int32_t windows, bool is_unsigned,
                              const int8_t* w, bool small, int32_t taps) {
  const uint8_t* end = x + taps / 4 * 4;
  if (taps % 8 == 0) {
    for (; x != end; x += 8, w += 32) {
      tile_q8_four_taps(s, x, between, windows, is_unsigned, w, small, 0);
      tile_q8_four_taps(s, x, between, windows, is_unsigned, w, small, 4);
    }
    return;
  }
  for (; x != end; x += 4, w += 16) tile_q8_four_taps(s, x, between, windows, is_unsigned, w, small, 0);
  for (int32_t left = taps % 4; left > 0; --left, ++x, w += 4)
    tile_q8_any_tap(s, x, between, windows, is_unsigned, w, small);
}

// What weights + 128 add to a window's sums, with its sign turned.
TINYC_KERNEL int32_t tile_q8_excess(const uint8_t* x, int32_t taps, bool is_unsigned) {
  int32_t sum = 0;
  for (int32_t k = 0; k < taps; ++k) sum += load_8(x, k, is_unsigned);
  return -128 * sum;
}

// High word of a * multiplier[lane].
TINYC_KERNEL int32_t tile_q8_high(int32_t a, const int32_t* multiplier, int32_t lane, bool small) {
  const int32_t b = multiplier[lane];
  if (!small) return static_cast<int32_t>((static_cast<int64_t>(a) * b) >> 32);
  const uint32_t a_low = static_cast<uint32_t>(a) & 0xFFFFu;
  const uint32_t b_low = static_cast<uint32_t>(b) & 0xFFFFu;
  const int32_t a_high = a >> 16;
  const int32_t b_high = b >> 16;
  const int32_t middle = a_high * static_cast<int32_t>(b_low) + static_cast<int32_t>((a_low * b_low) >> 16);
  const int32_t other = static_cast<int32_t>(a_low) * b_high + (middle & 0xFFFF);
  return a_high * b_high + (middle >> 16) + (other >> 16);
}

// In the range of 8 bits.
TINYC_KERNEL int32_t tile_q8_saturate(int32_t value, bool is_unsigned) {
#if defined(__thumb2__)
  int32_t saturated;
  if (is_unsigned) {
    __asm__("usat %0, #8, %1" : "=r"(saturated) : "r"(value));
  } else {
    __asm__("ssat %0, #8, %1" : "=r"(saturated) : "r"(value));
  }
  return saturated;
#else
  return is_unsigned ? clamp_s32(value, 0, 255) : clamp_s32(value, -128, 127);
#endif
}

// saturate((offset + high word of ((256 * sum + added) * multiplier)) >> shift); the compiler has proved that this is
// what the operator says.
template <class Geometry>
TINYC_KERNEL uint8_t tile_q8_merged(const Geometry& g, int32_t sum, const int32_t* added, const int32_t* multiplier,
                                    int32_t lane) {
  if (TINYC_TILE_SCALE_ASSEMBLY(g.small != 0)) {
    const int32_t high = tile_q8_scale_assembly(sum, added, multiplier, lane);
    // offset = (zero point + 1/2) << shift: half of it is small. Counted from the lowest result, so that one comparison
    // sees both ends.
    const int32_t lowest = g.out_unsigned != 0 ? 0 : -128;
    const int32_t twice = (g.offset >> (g.merged_shift - 1)) - 2 * lowest;
    return static_cast<uint8_t>(tile_q8_byte_assembly(((high >> (g.merged_shift - 1)) + twice) >> 1) + lowest);
  }
  const auto scaled = static_cast<int32_t>(static_cast<uint32_t>(sum) * 256u + static_cast<uint32_t>(added[lane]));
  const int32_t result = (g.offset + tile_q8_high(scaled, multiplier, lane, g.small != 0)) >> g.merged_shift;
  return static_cast<uint8_t>(tile_q8_saturate(result, g.out_unsigned != 0));
}

// A geometry has out_zero, low, high, rounding, merged, offset, merged_shift, out_unsigned, small. Merged: `added` in
// place of the bias, one shift for all channels.
template <class Geometry>
TINYC_KERNEL uint8_t tile_q8_result(const Geometry& g, int32_t sum, const int32_t* bias, const int32_t* multiplier,
                                    const int32_t* shift, int32_t o, int32_t lane) {
  if (g.merged != 0) return tile_q8_merged(g, sum, bias + o, multiplier + o, lane);
  o += lane;
  const int32_t result = g.out_zero + requantize(sum + bias[o], multiplier[o], shift[o], g.rounding);
  return static_cast<uint8_t>(clamp_s32(result, g.low, g.high));
}

template <class Geometry>
TINYC_KERNEL void tile_q8_results(const Geometry& g, const TileSums& s, int32_t windows, const int32_t* bias,
                                  const int32_t* multiplier, const int32_t* shift, int32_t o, int32_t between,
                                  uint8_t* to) {
  to[0] = tile_q8_result(g, s.a0, bias, multiplier, shift, o, 0);
  to[1] = tile_q8_result(g, s.b0, bias, multiplier, shift, o, 1);
  to[2] = tile_q8_result(g, s.c0, bias, multiplier, shift, o, 2);
  to[3] = tile_q8_result(g, s.d0, bias, multiplier, shift, o, 3);
  if (windows == 1) return;
  to[between] = tile_q8_result(g, s.a1, bias, multiplier, shift, o, 0);
  to[between + 1] = tile_q8_result(g, s.b1, bias, multiplier, shift, o, 1);
  to[between + 2] = tile_q8_result(g, s.c1, bias, multiplier, shift, o, 2);
  to[between + 3] = tile_q8_result(g, s.d1, bias, multiplier, shift, o, 3);
}
