// SPDX-License-Identifier: 0BSD
// Windows of one or two neighbouring pixels as pieces, one per row of the kernel, each of whole pixels side by side:
// read where they lie, or copied to a strip in scratch where a part lies in the padding. G: a geometry with in_h, in_w,
// in_c, kernel_*, stride_*, dilation_*, pad_*, in_zero, padded. in_c is a multiple of 4 in window_pieces(). Scratch:
// kernel_h + 1 strips of (kernel_w + stride_w) * in_c bytes, the last one all padding.
#pragma once

#include <stdint.h>
#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// Some cores load words from multiples of 4 only.
#if defined(__ARM_FEATURE_UNALIGNED) || defined(__x86_64__)
#define TINYC_WINDOW_WORDS(to, from) true
#define TINYC_WINDOW_WORD(at) (at)
#else
#define TINYC_WINDOW_WORDS(to, from) (((reinterpret_cast<uintptr_t>(to) | reinterpret_cast<uintptr_t>(from)) & 3u) == 0)
#define TINYC_WINDOW_WORD(at) __builtin_assume_aligned(at, 4)
#endif

// The C library's copy goes byte by byte on small cores; its empty statement keeps the compiler from calling that.
TINYC_KERNEL void window_copy(uint8_t* to, const uint8_t* from, int32_t bytes) {
#if defined(__ARM_FEATURE_UNALIGNED)
  if (__builtin_constant_p(bytes) && bytes <= 32) {  // a few loads and stores
    memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
#endif
  int32_t i = 0;
  if (TINYC_WINDOW_WORDS(to, from)) {
    for (; i + 16 <= bytes; i += 16) {
      uint32_t a, b, c, d;
      memcpy(&a, TINYC_WINDOW_WORD(from + i), 4);
      memcpy(&b, TINYC_WINDOW_WORD(from + i + 4), 4);
      memcpy(&c, TINYC_WINDOW_WORD(from + i + 8), 4);
      memcpy(&d, TINYC_WINDOW_WORD(from + i + 12), 4);
      memcpy(TINYC_WINDOW_WORD(to + i), &a, 4);
      memcpy(TINYC_WINDOW_WORD(to + i + 4), &b, 4);
      memcpy(TINYC_WINDOW_WORD(to + i + 8), &c, 4);
      memcpy(TINYC_WINDOW_WORD(to + i + 12), &d, 4);
      __asm__ volatile("" : : : "memory");
    }
    for (; i + 4 <= bytes; i += 4) {
      memcpy(TINYC_WINDOW_WORD(to + i), TINYC_WINDOW_WORD(from + i), 4);
      __asm__ volatile("" : : : "memory");
    }
  }
  for (; i < bytes; ++i) {
    to[i] = from[i];
    __asm__ volatile("" : : : "memory");
  }
}

TINYC_KERNEL void window_fill(uint8_t* to, int32_t value, int32_t bytes) {
  const uint32_t word = static_cast<uint32_t>(value & 0xFF) * 0x01010101u;
  int32_t i = 0;
  for (; TINYC_WINDOW_WORDS(to, nullptr) && i + 4 <= bytes; i += 4) {
    memcpy(TINYC_WINDOW_WORD(to + i), &word, 4);
    __asm__ volatile("" : : : "memory");
  }
  for (; i < bytes; ++i) {
    to[i] = static_cast<uint8_t>(value);
    __asm__ volatile("" : : : "memory");
  }
}

// Columns left, left + step ... of an input row (nullptr: padding) to scratch.
template <class G>
TINYC_KERNEL void window_strip(const G& g, const uint8_t* row, int32_t left, int32_t columns, int32_t step,
                               uint8_t* to) {
  if (row != nullptr && step == 1 && left >= 0 && left + columns <= g.in_w) {
    window_copy(to, row + left * g.in_c, columns * g.in_c);
    return;
  }
  for (int32_t i = 0; i < columns; ++i, to += g.in_c) {
    const int32_t x = left + i * step;
    if (row != nullptr && x >= 0 && x < g.in_w) {
      window_copy(to, row + x * g.in_c, g.in_c);
    } else {
      window_fill(to, g.in_zero, g.in_c);
    }
  }
}

// Row ky of the windows of output row y; nullptr: padding.
template <class G>
TINYC_KERNEL const uint8_t* window_row(const G& g, const Rows& in, int32_t y, int32_t ky) {
  return row_within(in, y * g.stride_h - g.pad_h + ky * g.dilation_h, g.in_h);
}

template <class G>
TINYC_KERNEL int32_t window_strip_bytes(const G& g) {
  return (g.kernel_w + g.stride_w) * g.in_c;
}

// Once per call, before window_pieces().
template <class G>
TINYC_KERNEL void window_padding(const G& g, uint8_t* scratch) {
  window_fill(scratch + g.kernel_h * window_strip_bytes(g), g.in_zero, window_strip_bytes(g));
}

// Pieces of the windows of pixels x to x + pixels - 1, then nullptr.
template <class G>
TINYC_KERNEL void window_pieces(const G& g, const Rows& in, int32_t y, int32_t x, int32_t pixels, uint8_t* scratch,
                                const uint8_t** pieces) {
  const int32_t left = x * g.stride_w - g.pad_w;
  const int32_t columns = g.kernel_w + (pixels - 1) * g.stride_w;
  const bool inside = g.padded == 0 || (left >= 0 && left + columns <= g.in_w);
  const int32_t strip = window_strip_bytes(g);
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const uint8_t* row = window_row(g, in, y, ky);
    if (g.padded == 0 || (inside && row != nullptr)) {
      pieces[ky] = row + left * g.in_c;
    } else if (row == nullptr) {
      pieces[ky] = scratch + g.kernel_h * strip;
    } else {
      window_strip(g, row, left, columns, 1, scratch + ky * strip);
      pieces[ky] = scratch + ky * strip;
    }
  }
  pieces[g.kernel_h] = nullptr;
}
