// SPDX-License-Identifier: 0BSD
#pragma once

#include "backends/portable/shared/dot_f32.h"
#include "runtime-stubs/tinyc_kernel.h"

// Float32 fully connected layers whose weights are integers with a scale per output and block of inputs. A geometry has
// lines, inputs, outputs, block (inputs per scale), blocks. Weights and scales: outputs by 4 [..][4], the rest singly.
template <class Geometry, class Weights, class Activation>
TINYC_KERNEL void fully_connected_blocks(const Geometry& g, const Rows& in, const Rows& out, Weights weights,
                                         const float* scale, const float* bias, Activation activation, int32_t y0,
                                         int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* line = row_of<const float>(in, y);
    float* to = row_of<float>(out, y);
    for (int32_t i = 0; i < g.lines; ++i, line += g.inputs, to += g.outputs) {
      int32_t o = 0;
      for (; o + 4 <= g.outputs; o += 4) {
        Sums4F32 total = {bias[o], bias[o + 1], bias[o + 2], bias[o + 3]};
        const float* s = scale + o * g.blocks;
        for (int32_t first = 0; first < g.inputs; first += g.block, s += 4) {
          const int32_t count = g.inputs - first < g.block ? g.inputs - first : g.block;
          Sums4F32 sums = {0.0f, 0.0f, 0.0f, 0.0f};
          dot4_f32(sums, line + first, weights + (o * g.inputs + first * 4), count, 4);
          total.s0 += s[0] * sums.s0;
          total.s1 += s[1] * sums.s1;
          total.s2 += s[2] * sums.s2;
          total.s3 += s[3] * sums.s3;
        }
        to[o] = activation(total.s0);
        to[o + 1] = activation(total.s1);
        to[o + 2] = activation(total.s2);
        to[o + 3] = activation(total.s3);
      }
      for (; o < g.outputs; ++o) {
        float total = bias[o];
        const float* s = scale + o * g.blocks;
        for (int32_t first = 0; first < g.inputs; first += g.block, ++s) {
          const int32_t count = g.inputs - first < g.block ? g.inputs - first : g.block;
          total += *s * dot_f32(0.0f, line + first, weights + (o * g.inputs + first), count, 1);
        }
        to[o] = activation(total);
      }
    }
  }
}
