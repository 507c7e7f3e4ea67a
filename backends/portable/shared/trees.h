// SPDX-License-Identifier: 0BSD
#pragma once

#include <string.h>

#include "runtime-stubs/tinyc_kernel.h"

// An integer in the order of floats: a <= b exactly where tree_key(a) <= tree_key(b); both zeros have one key. NaN has
// `nan`.
TINYC_KERNEL int32_t tree_key(float x, int32_t nan) {
  int32_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int32_t magnitude = bits & 0x7fffffff;
  return magnitude > 0x7f800000 ? nan : bits < 0 ? -magnitude : bits;
}

// Codes of the features that branches ask for: keys, or how many thresholds lie below. NaN keeps its key.
TINYC_KERNEL void tree_codes(const float* x, int32_t count, const int16_t* used, bool ranks, const uint16_t* first_keys,
                             const int32_t* keys, int32_t nan, int32_t* codes) {
  for (int32_t i = 0; i < count; ++i) {
    const int32_t key = tree_key(x[used[i]], nan);
    int32_t rank = 0;
    if (ranks) {
      const int32_t* list = keys + first_keys[i];
      int32_t size = first_keys[i + 1] - first_keys[i];
      while (size > 0) {
        const int32_t half = size >> 1;
        const bool below = list[rank + half] < key;
        rank = below ? rank + half + 1 : rank;
        size = below ? size - half - 1 : half;
      }
    }
    codes[i] = ranks && key != 0x7fffffff ? rank : key;
  }
}

// mode: 1 equal instead of at most, + 2 holds for NaN, whose code is the largest.
TINYC_KERNEL bool tree_holds(int32_t code, int32_t threshold, int32_t mode) {
  const bool holds = (mode & 1) != 0 ? code == threshold : code <= threshold;
  return holds || ((mode & 2) != 0 && code == 0x7fffffff);
}

// Takes the leaf of each tree: its weight, or its number.
struct TreeSums {
  float* y;
  int32_t aggregate;
  const uint16_t* leaves;
  const uint16_t* parts;
  const int16_t* weight_targets;
  const float* weights;

  __attribute__((always_inline)) void join(float& to, float weight) const {
    if (aggregate == 0) {
      to += weight;
    } else if ((aggregate == 1) == (weight < to)) {
      to = weight;
    }
  }
  __attribute__((always_inline)) void operator()(float weight) const { join(y[0], weight); }
  __attribute__((always_inline)) void operator()(int32_t leaf) const {
    for (int32_t i = leaves[leaf]; i < leaves[leaf + 1]; ++i) join(y[weight_targets[parts[i]]], weights[parts[i]]);
  }
};

// aggregate: 0 sum, 1 smallest, 2 largest. Without a leaf a target is 0.
TINYC_KERNEL float tree_start(int32_t aggregate) {
  return aggregate == 0 ? 0.0f : aggregate == 1 ? 3.402823466e38f : -3.402823466e38f;
}

template <class Walk>
TINYC_KERNEL void tree_sums(float* y, int32_t targets, int32_t aggregate, Walk walk) {
  for (int32_t i = 0; i < targets; ++i) y[i] = tree_start(aggregate);
  walk();
  for (int32_t i = 0; aggregate != 0 && i < targets; ++i) {
    if (y[i] <= tree_start(aggregate) && y[i] >= tree_start(aggregate)) y[i] = 0.0f;
  }
}
