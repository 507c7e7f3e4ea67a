// SPDX-License-Identifier: 0BSD
// Convolutions and fully connected layers by dual multiply-accumulate over windows of 16-bit integers in scratch.
// Weights are laid so that extended bytes meet the taps in their order in memory.
#pragma once

#include <stddef.h>
#include <string.h>

#include "runtime-stubs/tinyc_dsp.h"

// Adds the products of `taps` (a multiple of 4) for `count` outputs whose weights lie `line` bytes apart. Weights:
// bytes in the order 0 2 1 3.
template <int count>
TINYC_KERNEL void dot_lanes_8(const int16_t* x, const uint8_t* w, int32_t line, int32_t taps, int32_t* sums) {
  for (int32_t k = 0; k < taps; k += 4) {
    const uint32_t x0 = load_word(x + k);
    const uint32_t x1 = load_word(x + k + 2);
    for (int i = 0; i < count; ++i) {
      const uint32_t word = load_word(w + i * line + k);
      sums[i] = smlad(x1, sign_extend_odd(word), smlad(x0, sign_extend_even(word), sums[i]));
    }
  }
}

// The same with packed 4-bit weights, taps a multiple of 8, sums 16 times as large: low halves of bytes are taps 0 2 1
// 3, high halves 4 6 5 7; kept in the upper half of a byte, they need no further extension.
template <int count>
TINYC_KERNEL void dot_lanes_4(const int16_t* x, const uint8_t* w, int32_t line, int32_t taps, int32_t* sums) {
  for (int32_t k = 0; k < taps; k += 8) {
    const uint32_t x0 = load_word(x + k);
    const uint32_t x1 = load_word(x + k + 2);
    const uint32_t x2 = load_word(x + k + 4);
    const uint32_t x3 = load_word(x + k + 6);
    for (int i = 0; i < count; ++i) {
      const uint32_t word = load_word(w + i * line + k / 2);
      const uint32_t low = (word << 4) & 0xF0F0F0F0u;
      const uint32_t high = word & 0xF0F0F0F0u;
      const int32_t first = smlad(x1, sign_extend_odd(low), smlad(x0, sign_extend_even(low), sums[i]));
      sums[i] = smlad(x3, sign_extend_odd(high), smlad(x2, sign_extend_even(high), first));
    }
  }
}

template <int weight_bits, int count>
TINYC_KERNEL void dot_lanes(const int16_t* x, const uint8_t* w, int32_t line, int32_t taps, int32_t* sums) {
  if constexpr (weight_bits == 8) {
    dot_lanes_8<count>(x, w, line, taps, sums);
  } else {
    dot_lanes_4<count>(x, w, line, taps, sums);
  }
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
        int32_t sums[4] = {0, 0, 0, 0};
        dot_lanes<weight_bits, 4>(window, weights + o * line, line, g.taps, sums);
        for (int32_t i = 0; i < 4; ++i) put(o + i, sums[i]);
      }
      if ((g.out_c & 2) != 0) {
        int32_t sums[2] = {0, 0};
        dot_lanes<weight_bits, 2>(window, weights + o * line, line, g.taps, sums);
        put(o, sums[0]);
        put(o + 1, sums[1]);
        o += 2;
      }
      if ((g.out_c & 1) != 0) {
        int32_t sum = 0;
        dot_lanes<weight_bits, 1>(window, weights + o * line, line, g.taps, &sum);
        put(o, sum);
      }
    }
  }
}
