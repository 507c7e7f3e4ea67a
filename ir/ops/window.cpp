// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/window.h"

#include <fmt/format.h>

#include <algorithm>

namespace tinyc::ir {

std::vector<AttributeDef> window_attributes(std::vector<AttributeDef> further) {
  const Attribute none = std::vector<int64_t>{};
  std::vector<AttributeDef> attributes = {
      {"strides", AttributeKind::integers, none, "step per spatial axis; empty = 1"},
      {"dilations", AttributeKind::integers, none, "distance of taps per spatial axis; empty = 1"},
      {"pads", AttributeKind::integers, none, "begins of all spatial axes, then ends; empty = 0"},
  };
  attributes.insert(attributes.end(), further.begin(), further.end());
  return attributes;
}

Result<std::vector<Window>> windows_of(const Op& op, const Shape& in, const Shape& kernel) {
  const size_t axes = in.size();
  const std::vector<int64_t>& strides = op.integers("strides");
  const std::vector<int64_t>& dilations = op.integers("dilations");
  const std::vector<int64_t>& pads = op.integers("pads");
  const auto fits = [](const std::vector<int64_t>& list, size_t wanted) {
    return list.empty() || list.size() == wanted;
  };
  if (kernel.size() != axes || !fits(strides, axes) || !fits(dilations, axes) || !fits(pads, 2 * axes)) {
    return Failure{fmt::format("strides, dilations and pads must fit {} spatial axes", axes)};
  }
  std::vector<Window> windows;
  for (size_t d = 0; d < axes; ++d) {
    Window window{in[d],
                  0,
                  kernel[d],
                  strides.empty() ? 1 : strides[d],
                  dilations.empty() ? 1 : dilations[d],
                  pads.empty() ? 0 : pads[d],
                  pads.empty() ? 0 : pads[axes + d]};
    constexpr int64_t kLimit = 1 << 30;
    if (window.kernel < 1 || window.stride < 1 || window.dilation < 1 || window.stride > kLimit ||
        window.dilation > kLimit) {
      return Failure{"kernel, strides and dilations must be positive"};
    }
    if (window.pad_begin < 0 || window.pad_end < 0 || window.pad_begin > kLimit || window.pad_end > kLimit)
      return Failure{"negative or huge padding"};
    const int64_t extent = (window.kernel - 1) * window.dilation + 1;
    const int64_t padded = window.in + window.pad_begin + window.pad_end;
    if (padded < extent)
      return Failure{fmt::format("the window of {} is larger than the padded input of {}", extent, padded)};
    window.out = (padded - extent) / window.stride + 1;
    windows.push_back(window);
  }
  return windows;
}

namespace {

// SAME: as many outputs as ceil(in / stride); the odd padding element goes to the end (UPPER) or the beginning (LOWER).
void same_padding(const Shape& in, const Shape& kernel, const std::vector<int64_t>& strides,
                  const std::vector<int64_t>& dilations, bool upper, std::vector<int64_t>& pads) {
  const size_t axes = in.size();
  for (size_t d = 0; d < axes; ++d) {
    const int64_t out = (in[d] + strides[d] - 1) / strides[d];
    const int64_t total = std::max<int64_t>(0, (out - 1) * strides[d] + (kernel[d] - 1) * dilations[d] + 1 - in[d]);
    const int64_t small = total / 2;
    pads[d] = upper ? small : total - small;
    pads[axes + d] = upper ? total - small : small;
  }
}

// ceil_mode: a last, partly covered window counts if it begins inside the input or the begin padding.
void ceil_padding(const Shape& in, const Shape& kernel, const std::vector<int64_t>& strides,
                  const std::vector<int64_t>& dilations, std::vector<int64_t>& pads) {
  const size_t axes = in.size();
  for (size_t d = 0; d < axes; ++d) {
    const int64_t extent = (kernel[d] - 1) * dilations[d] + 1;
    const int64_t span = in[d] + pads[d] + pads[axes + d] - extent;
    int64_t out = (span + strides[d] - 1) / strides[d] + 1;
    if ((out - 1) * strides[d] >= in[d] + pads[d]) --out;
    pads[axes + d] = std::max(pads[axes + d], (out - 1) * strides[d] + extent - in[d] - pads[d]);
  }
}

}  // namespace

std::optional<Attributes> import_window(OnnxImporter& importer, const Shape& in, const Shape& kernel) {
  const size_t axes = in.size();
  std::vector<int64_t> strides = importer.integers("strides", std::vector<int64_t>(axes, 1));
  std::vector<int64_t> dilations = importer.integers("dilations", std::vector<int64_t>(axes, 1));
  std::vector<int64_t> pads = importer.integers("pads", std::vector<int64_t>(2 * axes, 0));
  const auto positive = [](const std::vector<int64_t>& list) {
    return std::all_of(list.begin(), list.end(), [](int64_t v) { return v >= 1 && v < (1 << 30); });
  };
  if (strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes || !positive(strides) ||
      !positive(dilations) || !positive(kernel)) {
    importer.error(Code::T0307,
                   fmt::format("kernel, strides, dilations and pads must be positive and fit {} spatial axes", axes));
    return std::nullopt;
  }
  const std::vector<int64_t> kernel_shape = importer.integers("kernel_shape", kernel);
  if (kernel_shape != kernel) {
    importer.error(Code::T0305, fmt::format("kernel_shape {} differs from the weights' {}", shape_text(kernel_shape),
                                            shape_text(kernel)));
    return std::nullopt;
  }
  const std::string auto_pad = importer.text("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    same_padding(in, kernel, strides, dilations, auto_pad == "SAME_UPPER", pads);
  } else if (auto_pad == "VALID") {
    pads.assign(2 * axes, 0);
  } else if (auto_pad != "NOTSET") {
    importer.error(Code::T0307, "auto_pad is '" + auto_pad + "'",
                   "ONNX knows NOTSET, SAME_UPPER, SAME_LOWER and VALID");
    return std::nullopt;
  }
  if (importer.integer("ceil_mode", 0) != 0) ceil_padding(in, kernel, strides, dilations, pads);
  return Attributes{{"strides", strides}, {"dilations", dilations}, {"pads", pads}};
}

std::vector<int64_t> channels_last(int rank) {
  std::vector<int64_t> perm = {0};
  for (int64_t axis = 2; axis < rank; ++axis) perm.push_back(axis);
  perm.push_back(1);
  return perm;
}

std::vector<int64_t> channels_first(int rank) {
  std::vector<int64_t> perm = {0, rank - 1};
  for (int64_t axis = 1; axis + 1 < rank; ++axis) perm.push_back(axis);
  return perm;
}

}  // namespace tinyc::ir
