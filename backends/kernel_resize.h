// SPDX-License-Identifier: Apache-2.0
// Tables for resize along one or two axes.
#pragma once

#include "backends/kernel_support.h"

namespace tinyc {

// One axis: for every result position `taps` operand positions with weights; position -1 lies outside of the operand.
struct ResizedAxis {
  int64_t in = 1, out = 1, taps = 1;
  std::vector<int32_t> index = {0};
  std::vector<float> weight = {1.0F};
  std::vector<int32_t> fixed = {1};  // the weights of a quantised operator, in units of 2^-bits
  int bits = 0;
};

// The operand as [outer][a][middle][b][inner]. rows: a is the row axis.
struct Resized {
  int64_t outer = 1, middle = 1, inner = 1;
  ResizedAxis a, b;
  bool rows = false;
  bool extrapolates = false;  // some position is -1
};

// Nothing if more than two axes change.
std::optional<Resized> resized_of(const ir::Op& op);
Needs resize_needs(const ir::Op& op);
// outer, in_a, out_a, middle, in_b, out_b, inner, rows.
std::vector<GeometryField> resize_geometry(const Resized& resized);

}  // namespace tinyc
