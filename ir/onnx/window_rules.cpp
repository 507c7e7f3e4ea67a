// SPDX-License-Identifier: Apache-2.0
// Operators over windows made from convolutions and pools.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/onnx/formula.h"
#include "ir/onnx/rules.h"
#include "ir/ops/window.h"

namespace tinyc::ir {
namespace {

Shape spatial_of(const Term& x) { return {x.shape().begin() + 2, x.shape().end()}; }

Term ones(OnnxImporter& importer, Element element, const Shape& shape) {
  Tensor tensor(element, shape);
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.set_real(i, 1);
  return tensor_term(importer, std::move(tensor));
}

Term power(Term x, int64_t p) {
  return p == 1   ? apply("abs", {x})
         : p == 2 ? x * x
                  : apply("pow", {apply("abs", {x}), number_like(x, static_cast<double>(p))});
}
Term root(Term x, int64_t p) {
  return p == 1 ? x : p == 2 ? apply("sqrt", {x}) : apply("pow", {x, number_like(x, 1 / static_cast<double>(p))});
}

std::optional<int64_t> norm_of(OnnxImporter& importer, const Term& x) {
  const int64_t p = importer.integer("p", 2);
  if (x.rank() < 3) importer.error(Code::T0305, "needs an input of rank 3 or more");
  if (p < 1 || p > 64) importer.error(Code::T0307, fmt::format("p is {}", p), "a small positive integer");
  return x.rank() < 3 || p < 1 || p > 64 ? std::nullopt : std::optional<int64_t>(p);
}

// (sum over the window of |x|^p)^(1/p): a depthwise convolution with ones.
void import_lp_pool(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const auto p = x ? norm_of(importer, x) : std::nullopt;
  if (!p) return;
  const std::vector<int64_t> kernel = importer.integers("kernel_shape");
  if (kernel.size() + 2 != x.shape().size())
    return importer.error(Code::T0307, "kernel_shape must fit the spatial axes");
  std::optional<Attributes> attributes = import_window(importer, spatial_of(x), kernel);
  if (!attributes) return;
  (*attributes)["groups"] = x.dim(1);
  Shape weights = {x.dim(1)};
  weights.insert(weights.end(), kernel.begin(), kernel.end());
  weights.push_back(1);
  const Term last = transpose(power(x, *p), channels_last(x.rank()));
  const Term sum = apply("conv", {last, ones(importer, x.element(), weights), {&importer}}, std::move(*attributes));
  importer.set_output(0, transpose(root(sum, *p), channels_first(x.rank())).value);
}

void import_global_lp_pool(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const auto p = x ? norm_of(importer, x) : std::nullopt;
  if (!p) return;
  std::vector<int64_t> axes;
  for (int d = 2; d < x.rank(); ++d) axes.push_back(d);
  importer.set_output(0, root(reduce("reduce_sum", power(x, *p), axes), *p).value);
}

// x / (bias + alpha * mean of squares over neighbouring channels)^beta: a pool along the channels, with counted zeros.
void import_lrn(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  const int64_t size = importer.integer("size", 0);
  if (x.rank() < 2 || size < 1 || size > 4096) return importer.error(Code::T0307, fmt::format("size is {}", size));
  const int64_t rest = element_count({x.shape().begin() + 2, x.shape().end()});
  const int64_t before = (size - 1) / 2;
  const Term planes = reshape(x * x, {x.dim(0), x.dim(1), rest, 1});
  const Term mean = apply(
      "average_pool", {planes},
      {{"kernel", Shape{size, 1}}, {"pads", Shape{before, 0, size - 1 - before, 0}}, {"count_include_pad", true}});
  const Term base = reshape(mean, x.shape()) * importer.real("alpha", 0.0001) + importer.real("bias", 1);
  importer.set_output(0, (x / apply("pow", {base, number_like(base, importer.real("beta", 0.75))})).value);
}

// Blocks [N, C * taps, L] added where they came from: a transposed convolution with one weight of 1 per tap.
void import_col2im(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  const auto image = importer.required_integers(1, "the image's shape");
  const auto block = importer.required_integers(2, "the block's shape");
  if (!x || !image || !block) return;
  const size_t axes = image->size();
  const auto positive = [](const std::vector<int64_t>& list) {
    return std::all_of(list.begin(), list.end(), [](int64_t v) { return v >= 1 && v < (1 << 16); });
  };
  const std::vector<int64_t> strides = importer.integers("strides", Shape(axes, 1));
  const std::vector<int64_t> dilations = importer.integers("dilations", Shape(axes, 1));
  const std::vector<int64_t> pads = importer.integers("pads", Shape(2 * axes, 0));
  if (axes == 0 || block->size() != axes || x.rank() != 3 || !positive(*image) || !positive(*block) ||
      strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes || !positive(strides) ||
      !positive(dilations) || x.dim(1) % element_count(*block) != 0)
    return importer.error(Code::T0305, "image, block, strides, dilations and pads do not fit the input");
  const int64_t taps = element_count(*block);
  const int64_t channels = x.dim(1) / taps;
  Shape places = {x.dim(0)};
  std::vector<int64_t> extra;
  for (size_t d = 0; d < axes; ++d) {
    const int64_t room = (*image)[d] + pads[d] + pads[axes + d] - dilations[d] * ((*block)[d] - 1) - 1;
    if (room < 0) return importer.error(Code::T0305, "the block is larger than the image");
    places.push_back(room / strides[d] + 1);
    extra.push_back(room % strides[d]);
  }
  places.push_back(x.dim(1));
  if (element_count(places) != element_count(x.shape()))
    return importer.error(Code::T0305, fmt::format("{} blocks for places {}", x.dim(2), shape_text(places)));
  Shape shape = {channels};
  shape.insert(shape.end(), block->begin(), block->end());
  shape.push_back(taps);
  Tensor weights(x.element(), shape);  // one group per channel, whose inputs are the taps
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t tap = 0; tap < taps; ++tap) weights.set_real((c * taps + tap) * taps + tap, 1);
  }
  const Term last = reshape(transpose(x, {0, 2, 1}), places);
  const Term y = apply("conv_transpose", {last, tensor_term(importer, std::move(weights)), {&importer}},
                       {{"strides", strides},
                        {"dilations", dilations},
                        {"pads", pads},
                        {"groups", channels},
                        {"output_padding", extra}});
  if (y) importer.set_output(0, transpose(y, channels_first(y.rank())).value);
}

// Coordinates of a grid from -1 to 1, with the corners on the ends or half a step inside; 1 is the last number.
Term affine_points(OnnxImporter& importer, Element element, const Shape& size, bool align_corners) {
  const size_t axes = size.size();
  Tensor points(element, {element_count(size), static_cast<int64_t>(axes) + 1});
  const Shape strides = strides_of(size);
  for (int64_t i = 0; i < points.shape()[0]; ++i) {
    for (size_t d = 0; d < axes; ++d) {
      const auto count = static_cast<double>(size[d]);
      const auto at = static_cast<double>(i / strides[d] % size[d]);
      const double value = align_corners ? (count > 1 ? 2 * at / (count - 1) - 1 : 0) : (2 * at + 1) / count - 1;
      // x first: the last axis is the first coordinate
      points.set_real(i * static_cast<int64_t>(axes + 1) + static_cast<int64_t>(axes - 1 - d), value);
    }
    points.set_real(i * static_cast<int64_t>(axes + 1) + static_cast<int64_t>(axes), 1);
  }
  return tensor_term(importer, std::move(points));
}

void import_affine_grid(OnnxImporter& importer) {
  const Term theta = input_term(importer, 0);
  const auto size = importer.required_integers(1, "the size");
  if (!theta || !size) return;
  const auto axes = static_cast<int64_t>(size->size()) - 2;
  if (axes < 2 || axes > 3 || theta.shape() != Shape{(*size)[0], axes, axes + 1} || !checked_element_count(*size))
    return importer.error(Code::T0305,
                          fmt::format("theta {} for size {}", shape_text(theta.shape()), shape_text(*size)));
  const Shape spatial(size->begin() + 2, size->end());
  const Term points = affine_points(importer, theta.element(), spatial, importer.integer("align_corners", 0) != 0);
  Shape shape = {theta.dim(0)};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  shape.push_back(axes);
  importer.set_output(0, reshape(matmul(points, swap_last_two(theta)), shape).value);
}

constexpr OnnxRule kRules[] = {
    {"", "AffineGrid", 20, kNewest, import_affine_grid},
    {"", "Col2Im", 18, kNewest, import_col2im},
    {"", "GlobalLpPool", 1, kNewest, import_global_lp_pool},
    {"", "LRN", 1, kNewest, import_lrn},
    {"", "LpPool", 1, kNewest, import_lp_pool},
};

}  // namespace

std::span<const OnnxRule> window_rules() { return kRules; }

}  // namespace tinyc::ir
