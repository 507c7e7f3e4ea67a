// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/dot_f32.h"
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// The loops of convolutions of float32 images. A geometry has in_h, in_w, in_c, out_w, out_c, kernel_*, stride_*,
// dilation_*, pad_*, groups.

// The window of one position: its taps inside the image, and where it starts.
struct ConvF32Window {
  Taps rows, columns;
  int32_t top, left;
};

// Adds one row of taps: one run where they lie side by side, else pixel by pixel. lanes: 1 or 4 output channels.
template <class Geometry, class Add>
TINYC_KERNEL void conv_f32_taps(const Geometry& g, const Rows& in, const ConvF32Window& at, int32_t first_c,
                                int32_t lanes, Add add) {
  const int32_t channels = g.in_c / g.groups;
  const bool side_by_side = g.dilation_w == 1 && g.groups == 1;
  const int32_t count = at.columns.last - at.columns.first;
  for (int32_t ky = at.rows.first; ky < at.rows.last; ++ky) {
    const float* row = row_of<const float>(in, at.top + ky * g.dilation_h) + first_c;
    const int32_t w = (ky * g.kernel_w + at.columns.first) * channels * lanes;
    const float* pixel = row + (at.left + at.columns.first * g.dilation_w) * g.in_c;
    if (side_by_side) {
      add(pixel, w, count * channels);
    } else {
      for (int32_t k = 0; k < count; ++k) add(pixel + k * g.dilation_w * g.in_c, w + k * channels * lanes, channels);
    }
  }
}

// Pixels that are done together.
template <class Weights>
constexpr int32_t kConvF32Together = 1;
template <>
[[maybe_unused]] constexpr int32_t kConvF32Together<const float*> = 4;

// Adds a run of taps to the sums of four channels of each pixel.
template <int pixels, class Weights>
TINYC_KERNEL void conv_f32_dot(float* sums, const float* pixel, int32_t between, Weights w, int32_t count) {
  if constexpr (pixels == 1) {
    Sums4F32 four = {sums[0], sums[1], sums[2], sums[3]};
    dot4_f32(four, pixel, w, count, 4);
    sums[0] = four.s0;
    sums[1] = four.s1;
    sums[2] = four.s2;
    sums[3] = four.s3;
  } else {
    vfp_dot_4(sums, pixel, between, w, count);
  }
}

// The results of a pixel, or of several whose windows have the same taps inside the image.
template <int pixels, class Geometry, class Weights, class Start, class Finish>
TINYC_KERNEL void conv_f32_pixels(const Geometry& g, const Rows& in, ConvF32Window at, Weights weights, float* to,
                                  Start start, Finish finish) {
  const int32_t channels = g.in_c / g.groups;
  const int32_t per_group = g.out_c / g.groups;
  const int32_t taps = g.kernel_h * g.kernel_w * channels;
  for (int32_t group = 0; group < g.groups; ++group) {
    const int32_t end = (group + 1) * per_group;
    int32_t o = group * per_group;
    for (; o + 4 <= end; o += 4) {
      const Weights w = weights + o * taps;
      const Sums4F32 first = {start(o), start(o + 1), start(o + 2), start(o + 3)};
      float sums[4 * pixels];
      for (int32_t i = 0; i < 4 * pixels; i += 4) {
        sums[i] = first.s0;
        sums[i + 1] = first.s1;
        sums[i + 2] = first.s2;
        sums[i + 3] = first.s3;
      }
      conv_f32_taps(g, in, at, group * channels, 4, [&](const float* x, int32_t from, int32_t count) {
        conv_f32_dot<pixels>(sums, x, g.stride_w * g.in_c, w + from, count);
      });
      float* pixel = to;
      for (int32_t i = 0; i < 4 * pixels; i += 4, pixel += g.out_c) {
        finish(pixel, o, sums[i]);
        finish(pixel, o + 1, sums[i + 1]);
        finish(pixel, o + 2, sums[i + 2]);
        finish(pixel, o + 3, sums[i + 3]);
      }
    }
    if (per_group % 4 == 0) continue;  // keeps GCC from warning about a loop that never runs
    for (; o < end; ++o) {
      const Weights w = weights + o * taps;
      ConvF32Window here = at;
      for (int32_t i = 0; i < pixels; ++i, here.left += g.stride_w) {
        float sum = start(o);
        conv_f32_taps(g, in, here, group * channels, 1, [&](const float* pixel, int32_t from, int32_t count) {
          sum = dot_f32(sum, pixel, w + from, count, 1);
        });
        finish(to + i * g.out_c, o, sum);
      }
    }
  }
}

// Calls finish(pixel of the output, output channel, sum) for every result; start(output channel) is where a sum begins.
template <class Geometry, class Weights, class Start, class Finish>
TINYC_KERNEL void conv_f32_rows(const Geometry& g, const Rows& in, const Rows& out, Weights weights, int32_t y0,
                                int32_t y1, Start start, Finish finish) {
  const int32_t reach = (g.kernel_w - 1) * g.dilation_w;
  constexpr int32_t together = kConvF32Together<Weights>;
  const int32_t reach_together = reach + (together - 1) * g.stride_w;
  for (int32_t y = y0; y < y1; ++y) {
    float* to = row_of<float>(out, y);
    ConvF32Window at;
    at.top = y * g.stride_h - g.pad_h;
    at.rows = taps_inside(at.top, g.kernel_h, g.dilation_h, g.in_h);
    for (int32_t x = 0; x < g.out_w;) {
      at.left = x * g.stride_w - g.pad_w;
      if (together > 1 && x + together <= g.out_w && at.left >= 0 && at.left + reach_together < g.in_w) {
        at.columns = {0, g.kernel_w};
        conv_f32_pixels<together>(g, in, at, weights, to + x * g.out_c, start, finish);
        x += together;
      } else {
        at.columns = taps_inside(at.left, g.kernel_w, g.dilation_w, g.in_w);
        conv_f32_pixels<1>(g, in, at, weights, to + x * g.out_c, start, finish);
        ++x;
      }
    }
  }
}
