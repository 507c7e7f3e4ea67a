// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/dot_q8.h"
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// The loops of convolutions of 8-bit integers (Element = uint8_t) or of int16_t. Weights: a pointer or Nibbles. Padding
// counts as the input's zero point, which the bias already holds for every tap. A geometry has in_h, in_w, in_c, out_w,
// out_c, kernel_*, stride_*, dilation_*, pad_*, groups, in_zero, in_unsigned.

// Visits the taps of one window by runs: pixels(first pixel, index of its weights, count) inside the image,
// padding(index, count) outside. lanes: output channels whose weights lie side by side.
template <class Element, class Geometry, class Pixels, class Padding>
TINYC_KERNEL void conv_q8_taps(const Geometry& g, const Rows& in, int32_t y, int32_t x, int32_t first_c, int32_t lanes,
                               Pixels pixels, Padding padding) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t left = x * g.stride_w - g.pad_w;
  const Taps inside = taps_inside(left, g.kernel_w, g.dilation_w, g.in_w);
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = y * g.stride_h - g.pad_h + ky * g.dilation_h;
    const int32_t w = ky * g.kernel_w * channels;
    if (iy < 0 || iy >= g.in_h) {
      padding(w * lanes, g.kernel_w * channels);
      continue;
    }
    const int32_t count = inside.last - inside.first;
    padding(w * lanes, inside.first * channels);
    padding((w + inside.last * channels) * lanes, (g.kernel_w - inside.last) * channels);
    const Element* pixel = row_of<const Element>(in, iy) + first_c + (left + inside.first * g.dilation_w) * g.in_c;
    const int32_t from = w + inside.first * channels;
    if (g.dilation_w == 1 && g.groups == 1) {
      pixels(pixel, from * lanes, count * channels);
    } else {
      for (int32_t k = 0; k < count; ++k)
        pixels(pixel + k * g.dilation_w * g.in_c, (from + k * channels) * lanes, channels);
    }
  }
}

// Calls finish(output row, position in it, output channel, sum) for every result.
template <class Element, class Geometry, class Weights, class Finish>
TINYC_KERNEL void conv_q8_rows(const Geometry& g, const Rows& in, const Rows& out, Weights weights, const int32_t* bias,
                               int32_t y0, int32_t y1, Finish finish) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * channels;
  const bool is_unsigned = g.in_unsigned != 0;
  for (int32_t y = y0; y < y1; ++y) {
    uint8_t* row = row_at(out, y);
    for (int32_t x = 0; x < g.out_w; ++x) {
      for (int32_t group = 0; group < g.groups; ++group) {
        const int32_t end = (group + 1) * per_group;
        int32_t o = group * per_group;
        for (; o + 4 <= end; o += 4) {
          const Weights w = weights + o * taps;
          Sums4Q8 sums = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
          conv_q8_taps<Element>(
              g, in, y, x, group * channels, 4,
              [&](const Element* pixel, int32_t from, int32_t count) {
                dot4_q8(sums, pixel, is_unsigned, w + from, count);
              },
              [&](int32_t from, int32_t count) { pad4_q8(sums, g.in_zero, w + from, count); });
          finish(row, x * g.out_c + o, o, sums.s0);
          finish(row, x * g.out_c + o + 1, o + 1, sums.s1);
          finish(row, x * g.out_c + o + 2, o + 2, sums.s2);
          finish(row, x * g.out_c + o + 3, o + 3, sums.s3);
        }
        if (per_group % 4 == 0) continue;  // keeps GCC from warning about a loop that never runs
        for (; o < end; ++o) {
          const Weights w = weights + o * taps;
          int32_t sum = bias[o];
          conv_q8_taps<Element>(
              g, in, y, x, group * channels, 1,
              [&](const Element* pixel, int32_t from, int32_t count) {
                sum = dot_q8(sum, pixel, is_unsigned, w + from, count);
              },
              [&](int32_t from, int32_t count) { sum = pad_q8(sum, g.in_zero, w + from, count); });
          finish(row, x * g.out_c + o, o, sum);
        }
      }
    }
  }
}
