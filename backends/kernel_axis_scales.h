// SPDX-License-Identifier: Apache-2.0
// Tensors with scales along an axis or per block, as kernels walk them.
#pragma once

#include "backends/kernel_support.h"

namespace tinyc {

// Fields outer, size, inner, block: the tensor is [outer][size][inner]; block 0 means a scale per index of the middle
// axis, else scales lie as [outer][size / block][inner].
inline std::vector<GeometryField> axis_scales_geometry(const ir::Type& type) {
  const auto axis = static_cast<size_t>(type.quant->axis);
  const int64_t size = type.shape[axis], inner = ir::strides_of(type.shape)[axis];
  return {{"outer", type.elements() == 0 ? 0 : type.elements() / (size * inner)},
          {"size", size},
          {"inner", inner},
          {"block", type.quant->block}};
}

inline std::vector<float> axis_scales(const ir::Type& type) {
  return {type.quant->scales.begin(), type.quant->scales.end()};
}

inline std::vector<int32_t> axis_zero_points(const ir::Type& type) {
  return {type.quant->zero_points.begin(), type.quant->zero_points.end()};
}

}  // namespace tinyc
