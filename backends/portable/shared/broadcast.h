// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Calls visit(index of a, index of b, index of the result) for every element of a result row. Axes of size 1 vanish
// when the geometry is a constant.
template <class Geometry, class Visit>
TINYC_KERNEL void broadcast_row(const Geometry& g, Visit visit) {
  int32_t i = 0;
  for (int32_t p = 0; p < g.size0; ++p) {
    for (int32_t q = 0; q < g.size1; ++q) {
      for (int32_t r = 0; r < g.size2; ++r) {
        const int32_t a = p * g.a0 + q * g.a1 + r * g.a2;
        const int32_t b = p * g.b0 + q * g.b1 + r * g.b2;
        for (int32_t s = 0; s < g.size3; ++s) visit(a + s * g.a3, b + s * g.b3, i++);
      }
    }
  }
}
