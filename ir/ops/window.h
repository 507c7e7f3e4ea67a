// SPDX-License-Identifier: Apache-2.0
// Sliding windows of convolutions and pools: attributes, geometry and their ONNX form (auto_pad, ceil_mode).
#pragma once

#include <optional>
#include <vector>

#include "ir/onnx_import.h"
#include "ir/op_def.h"

namespace tinyc::ir {

// One spatial axis. Output position o covers input positions o*stride - pad_begin + k*dilation, 0 <= k < kernel.
struct Window {
  int64_t in;
  int64_t out;
  int64_t kernel;
  int64_t stride;
  int64_t dilation;
  int64_t pad_begin;
  int64_t pad_end;
};

// strides, dilations: one per spatial axis; pads: all begins, then all ends. Empty lists mean 1, 1 and 0.
std::vector<AttributeDef> window_attributes(std::vector<AttributeDef> further);
// The windows of an operator with these attributes.
Result<std::vector<Window>> windows_of(const Op& op, const Shape& in, const Shape& kernel);

// Reads ONNX's strides, dilations, pads, auto_pad (and ceil_mode, which becomes a larger end pad); reports problems.
std::optional<Attributes> import_window(OnnxImporter& importer, const Shape& in, const Shape& kernel);

std::vector<int64_t> channels_last(int rank);   // [0, 2, 3, ..., 1]
std::vector<int64_t> channels_first(int rank);  // [0, rank-1, 1, 2, ...]

}  // namespace tinyc::ir
