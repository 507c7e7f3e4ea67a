// SPDX-License-Identifier: 0BSD
#pragma once

#include "runtime-stubs/tinyc_kernel.h"

// Calls visit(element, index of its scale) for a tensor [outer][size][inner]. G: a geometry with these and block, which
// is 0 for a scale per index of the middle axis, else scales are [outer][blocks][inner].
template <class G, class Visit>
TINYC_KERNEL void for_each_scaled(const G& g, Visit visit) {
  const int32_t blocks = g.block != 0 ? (g.size + g.block - 1) / g.block : 0;
  int32_t element = 0;
  for (int32_t o = 0; o < g.outer; ++o) {
    for (int32_t k = 0; k < g.size; ++k) {
      for (int32_t i = 0; i < g.inner; ++i, ++element) {
        visit(element, g.block != 0 ? (o * blocks + k / g.block) * g.inner + i : k);
      }
    }
  }
}
