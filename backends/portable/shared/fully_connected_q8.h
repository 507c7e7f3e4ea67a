// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/dot_q8.h"
#include "runtime-stubs/tinyc_kernel.h"

// The loops of fully connected layers of 8-bit integers (Element = uint8_t) or of int16_t: calls finish(output row,
// position in it, output, sum) for every result. A geometry has lines, inputs, outputs, in_unsigned.
template <class Element, class Geometry, class Weights, class Finish>
TINYC_KERNEL void fully_connected_q8_rows(const Geometry& g, const Rows& in, const Rows& out, Weights weights,
                                          const int32_t* bias, int32_t y0, int32_t y1, Finish finish) {
  const bool is_unsigned = g.in_unsigned != 0;
  for (int32_t y = y0; y < y1; ++y) {
    const Element* line = row_of<const Element>(in, y);
    uint8_t* row = row_at(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.inputs) {
      int32_t o = 0;
      for (; o + 4 <= g.outputs; o += 4) {
        Sums4Q8 sums = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
        dot4_q8(sums, line, is_unsigned, weights + o * g.inputs, g.inputs);
        finish(row, i * g.outputs + o, o, sums.s0);
        finish(row, i * g.outputs + o + 1, o + 1, sums.s1);
        finish(row, i * g.outputs + o + 2, o + 2, sums.s2);
        finish(row, i * g.outputs + o + 3, o + 3, sums.s3);
      }
      for (; o < g.outputs; ++o) {
        finish(row, i * g.outputs + o, o, dot_q8(bias[o], line, is_unsigned, weights + o * g.inputs, g.inputs));
      }
    }
  }
}
