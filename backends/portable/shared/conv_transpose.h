// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// The input position that reaches output position `at` with tap k along one axis; -1 if none does.
TINYC_KERNEL int32_t conv_transpose_source(int32_t at, int32_t k, int32_t pad, int32_t dilation, int32_t stride,
                                           int32_t size) {
  const int32_t scaled = at + pad - k * dilation;
  if (scaled < 0 || scaled % stride != 0 || scaled / stride >= size) return -1;
  return scaled / stride;
}

// Calls visit(input row, first element of the pixel, index of the weights) for every tap that reaches position (y, x).
template <class Geometry, class Visit>
TINYC_KERNEL void conv_transpose_taps(const Geometry& g, int32_t y, int32_t x, Visit visit) {
  for (int32_t ky = 0; ky < g.kernel_h; ++ky) {
    const int32_t iy = conv_transpose_source(y, ky, g.pad_h, g.dilation_h, g.stride_h, g.in_h);
    if (iy < 0) continue;
    for (int32_t kx = 0; kx < g.kernel_w; ++kx) {
      const int32_t ix = conv_transpose_source(x, kx, g.pad_w, g.dilation_w, g.stride_w, g.in_w);
      if (ix >= 0) visit(iy, ix * g.in_c, (ky * g.kernel_w + kx) * (g.in_c / g.groups));
    }
  }
}
