// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Calls visit(index of the first element, index of the result) for every result of a row, with the operand seen as
// [keep0][reduce0][keep1][reduce1][keep2].
template <class Geometry, class Visit>
TINYC_KERNEL void reduce_row(const Geometry& g, Visit visit) {
  int32_t result = 0;
  for (int32_t a = 0; a < g.keep0; ++a) {
    for (int32_t b = 0; b < g.keep1; ++b) {
      for (int32_t c = 0; c < g.keep2; ++c) visit(((a * g.reduce0 * g.keep1 + b) * g.reduce1) * g.keep2 + c, result++);
    }
  }
}

// Calls visit(index) for all but the first of the elements that belong to one result.
template <class Geometry, class Visit>
TINYC_KERNEL void reduce_rest(const Geometry& g, int32_t first, Visit visit) {
  for (int32_t p = 0; p < g.reduce0; ++p) {
    const int32_t start = first + p * g.keep1 * g.reduce1 * g.keep2;
    for (int32_t q = p == 0 ? 1 : 0; q < g.reduce1; ++q) visit(start + q * g.keep2);
  }
}
