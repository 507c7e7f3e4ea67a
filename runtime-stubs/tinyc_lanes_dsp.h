// SPDX-License-Identifier: 0BSD
// Convolutions and fully connected layers by dual multiply-accumulate over windows of 16-bit integers in scratch.
// Weights are laid so that extended bytes meet the taps in their order in memory.
#pragma once

#include <stddef.h>
#include <string.h>

#include "runtime-stubs/tinyc_dsp.h"

// Products of four taps with 8-bit weights, bytes in the order 0 2 1 3.
TINYC_KERNEL int32_t dot_lanes_8(uint32_t x0, uint32_t x1, uint32_t word, int32_t acc) {
  return smlad(x1, sign_extend_odd(word), smlad(x0, sign_extend_even(word), acc));
}

// Products of eight taps with packed 4-bit weights, 16 times as large: low halves of bytes are taps 0 2 1 3, high
// halves 4 6 5 7; kept in the upper half of a byte, they need no further extension.
struct Lanes8 {
  uint32_t x0, x1, x2, x3;
};

TINYC_KERNEL int32_t dot_lanes_4(const Lanes8& x, uint32_t word, int32_t acc) {
  const int32_t low = dot_lanes_8(x.x0, x.x1, (word << 4) & 0xF0F0F0F0u, acc);
  return dot_lanes_8(x.x2, x.x3, word & 0xF0F0F0F0u, low);
}

TINYC_KERNEL Lanes8 load_lanes_8(const int16_t* x) {
  return {load_word(x), load_word(x + 2), load_word(x + 4), load_word(x + 6)};
}

// Sums of four outputs whose weights lie `line` bytes apart; taps are a multiple of 4, or of 8 for 4-bit weights. The
// lines are written out, as GCC at -O2 leaves arrays of sums in memory.
struct LaneSums {
  int32_t s0, s1, s2, s3;
};

template <int weight_bits>
TINYC_KERNEL LaneSums dot4_lanes(const int16_t* x, const uint8_t* w, int32_t line, int32_t taps) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const int16_t* const end = x + taps;
  if constexpr (weight_bits == 8) {
    for (; x < end; x += 4, w += 4) {
      const uint32_t x0 = load_word(x);
      const uint32_t x1 = load_word(x + 2);
      s0 = dot_lanes_8(x0, x1, load_word(w), s0);
      s1 = dot_lanes_8(x0, x1, load_word(w + line), s1);
      s2 = dot_lanes_8(x0, x1, load_word(w + 2 * line), s2);
      s3 = dot_lanes_8(x0, x1, load_word(w + 3 * line), s3);
    }
  } else {
    for (; x < end; x += 8, w += 4) {
      const Lanes8 lanes = load_lanes_8(x);
      s0 = dot_lanes_4(lanes, load_word(w), s0);
      s1 = dot_lanes_4(lanes, load_word(w + line), s1);
      s2 = dot_lanes_4(lanes, load_word(w + 2 * line), s2);
      s3 = dot_lanes_4(lanes, load_word(w + 3 * line), s3);
    }
  }
  return {s0, s1, s2, s3};
}

template <int weight_bits>
TINYC_KERNEL int32_t dot_lanes(const int16_t* x, const uint8_t* w, int32_t taps) {
  int32_t sum = 0;
  const int16_t* const end = x + taps;
  for (; x < end; x += 32 / weight_bits, w += 4) {
    if constexpr (weight_bits == 8) {
      sum = dot_lanes_8(load_word(x), load_word(x + 2), load_word(w), sum);
    } else {
      sum = dot_lanes_4(load_lanes_8(x), load_word(w), sum);
    }
  }
  return sum;
}

// Copies `count` elements (from nullptr: padding) to a window. in_kind: 0 u8, 1 i8, 3 i16.
template <class Geometry>
TINYC_KERNEL int16_t* copy_lanes(const Geometry& g, const uint8_t* from, int32_t count, int16_t* to) {
  if (from != nullptr && g.in_kind == 3) {
    memcpy(to, from, static_cast<size_t>(count) * sizeof(int16_t));
    return to + count;
  }
  for (int32_t i = 0; i < count; ++i)
    to[i] = static_cast<int16_t>(from == nullptr ? g.in_zero : load_8(from, i, g.in_kind == 0));
  return to + count;
}

// The window of output pixel (y, x), padding as the zero point, filled up with zeros to g.taps.
template <class Geometry>
TINYC_KERNEL void window_lanes(const Geometry& g, const Rows& in, int32_t y, int32_t x, int16_t* window) {
  const int32_t left = x * g.stride_w - g.pad_w;
  const int32_t bytes = g.in_c * (g.in_kind == 3 ? 2 : 1);
  const bool whole_run = g.dilation_w == 1 && left >= 0 && left + g.kernel_w <= g.in_w;
  int16_t* to = window;
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
    const bool inside = iy >= 0 && iy < g.in_h;
    const uint8_t* row = inside ? row_at(in, iy) : nullptr;
    if (!inside || whole_run) {
      to = copy_lanes(g, inside ? row + left * bytes : nullptr, g.kernel_w * g.in_c, to);
      continue;
    }
    for (int32_t kx = 0; kx < g.kernel_w; ++kx) {
      const int32_t ix = left + kx * g.dilation_w;
      to = copy_lanes(g, ix >= 0 && ix < g.in_w ? row + ix * bytes : nullptr, g.in_c, to);
    }
  }
  while (to < window + g.taps) *to++ = 0;
}

// 16-bit results (kind 2 and 3) lie at even addresses.
TINYC_KERNEL void store_lane(uint8_t* row, int32_t index, int32_t kind, int32_t value) {
  if (kind < 2) {
    row[index] = static_cast<uint8_t>(value);
  } else {
    static_cast<uint16_t*>(static_cast<void*>(row))[index] = static_cast<uint16_t>(value);
  }
}

// Output rows [y0, y1): four outputs at a time. weight_bits: 8 or 4, of packed weights.
template <int weight_bits, class Geometry>
TINYC_KERNEL void lanes_rows(const Geometry& g, const Rows& in, const Rows& out, const uint8_t* weights,
                             const int32_t* bias, const int32_t* multiplier, const int32_t* shift, int16_t* window,
                             int32_t y0, int32_t y1) {
  const int32_t line = g.taps * weight_bits / 8;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* row = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      window_lanes(g, in, y, x, window);
      const auto put = [&](int32_t o, int32_t sum) {
        const uint32_t total =
            static_cast<uint32_t>(bias[o]) + static_cast<uint32_t>(weight_bits == 8 ? sum : sum >> 4);
        const int32_t value = g.out_zero + requantize(static_cast<int32_t>(total), multiplier[o], shift[o], g.rounding);
        store_lane(row, x * g.out_c + o, g.out_kind, clamp_s32(value, g.low, g.high));
      };
      int32_t o = 0;
      for (; o + 4 <= g.out_c; o += 4) {
        const LaneSums sums = dot4_lanes<weight_bits>(window, weights + o * line, line, g.taps);
        put(o, sums.s0);
        put(o + 1, sums.s1);
        put(o + 2, sums.s2);
        put(o + 3, sums.s3);
      }
      for (; o < g.out_c; ++o) put(o, dot_lanes<weight_bits>(window, weights + o * line, g.taps));
    }
  }
}
