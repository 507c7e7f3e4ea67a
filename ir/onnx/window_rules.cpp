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

struct DeformedWindow {
  int64_t groups, offset_groups, out_h, out_w;
  std::vector<int64_t> kernel, strides, dilations, pads;
  int64_t taps() const { return kernel[0] * kernel[1]; }
};

std::optional<DeformedWindow> deformed_window(OnnxImporter& importer, Term x, Term w, Term offset) {
  const auto fail = [&]() -> std::optional<DeformedWindow> {
    importer.error(Code::T0305, fmt::format("input {}, weights {} and offsets {}", shape_text(x.shape()),
                                            shape_text(w.shape()), shape_text(offset.shape())));
    return std::nullopt;
  };
  if (x.rank() != 4 || w.rank() != 4 || offset.rank() != 4) return fail();
  const std::vector<int64_t> kernel(w.shape().begin() + 2, w.shape().end());
  const auto attributes = import_window(importer, spatial_of(x), kernel);
  if (!attributes) return std::nullopt;
  const auto list = [&](std::string_view name) {
    return std::get<std::vector<int64_t>>(attributes->find(name)->second);
  };
  const DeformedWindow d{importer.integer("group", 1),
                         importer.integer("offset_group", 1),
                         offset.dim(2),
                         offset.dim(3),
                         kernel,
                         list("strides"),
                         list("dilations"),
                         list("pads")};
  for (size_t axis = 0; axis < 2; ++axis) {
    const int64_t room = x.dim(static_cast<int>(axis) + 2) + d.pads[axis] + d.pads[axis + 2] -
                         (d.kernel[axis] - 1) * d.dilations[axis] - 1;
    if (room < 0 || room / d.strides[axis] + 1 != (axis == 0 ? d.out_h : d.out_w)) return fail();
  }
  const bool divides = d.groups > 0 && d.offset_groups > 0 && x.dim(1) % d.offset_groups == 0 &&
                       w.dim(0) % d.groups == 0 && w.dim(1) * d.groups == x.dim(1);
  return divides && offset.dim(0) == x.dim(0) && offset.dim(1) == d.offset_groups * d.taps() * 2 ? std::optional(d)
                                                                                                 : fail();
}

// Where every tap reads along one axis: its place plus the offset.
Term deformed_places(Term offsets, const DeformedWindow& d, int axis) {
  OnnxImporter& importer = *offsets.importer;
  const auto at = static_cast<size_t>(axis);
  Tensor places(offsets.element(), {1, d.kernel[0], d.kernel[1], d.out_h, d.out_w});
  const Shape strides = strides_of(places.shape());
  for (int64_t i = 0; i < places.size(); ++i) {
    const int64_t tap = i / strides[1 + at] % d.kernel[at];
    const int64_t out = i / strides[3 + at] % places.shape()[3 + at];
    places.set_real(i, static_cast<double>(out * d.strides[at] - d.pads[at] + tap * d.dilations[at]));
  }
  const Shape flat = {offsets.dim(0), d.taps() * d.out_h, d.out_w, 1};
  const Term base = reshape(tensor_term(importer, std::move(places)), {1, flat[1], flat[2], 1});
  return base + reshape(slice(offsets, 2, axis, 1), flat);
}

// Convolution whose taps lie where offsets say: sampled with interpolation, then a matrix product.
void import_deform_conv(OnnxImporter& importer) {
  const Term x = input_term(importer, 0), w = input_term(importer, 1), offset = input_term(importer, 2);
  if (!x || !w || !offset) return;
  const auto window = deformed_window(importer, x, w, offset);
  if (!window) return;
  const DeformedWindow& d = *window;
  const int64_t images = x.dim(0) * d.offset_groups, points = d.out_h * d.out_w;
  const Term offsets = reshape(offset, {images, d.taps(), 2, points});
  const Term grid = concat({deformed_places(offsets, d, 1), deformed_places(offsets, d, 0)}, 3);
  const Term parts = reshape(x, {images, x.dim(1) / d.offset_groups, x.dim(2), x.dim(3)});
  Term seen = apply("grid_sample", {parts, grid}, {{"mode", std::string("linear")}, {"pixels", true}});
  if (const Term mask = optional_term(importer, 4)) {
    seen = reshape(seen, {images, parts.dim(1), d.taps(), points});
    seen = seen * reshape(mask, {images, 1, d.taps(), points});
  }
  const int64_t inner = w.dim(1) * d.taps();
  const Term rows = reshape(w, {1, d.groups, w.dim(0) / d.groups, inner});
  Term y = matmul(rows, reshape(seen, {x.dim(0), d.groups, inner, points}));
  y = reshape(y, {x.dim(0), w.dim(0), d.out_h, d.out_w});
  if (const Term bias = optional_term(importer, 3)) y = y + reshape(bias, {1, w.dim(0), 1, 1});
  importer.set_output(0, y.value);
}

// The determinant of the last rows over the columns that are left, by its first row.
Term determinant(Term x, int row, const std::vector<int>& columns) {
  const auto element = [&](int column) {
    return reshape(slice(slice(x, -2, row, 1), -1, column, 1), {x.shape().begin(), x.shape().end() - 2});
  };
  Term sum;
  for (size_t i = 0; i < columns.size(); ++i) {
    std::vector<int> rest = columns;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    const Term product = rest.empty() ? element(columns[i]) : element(columns[i]) * determinant(x, row + 1, rest);
    sum = i == 0 ? product : i % 2 == 0 ? sum + product : sum - product;
  }
  return sum;
}

void import_det(OnnxImporter& importer) {
  const Term x = input_term(importer, 0);
  if (!x) return;
  if (x.rank() < 2 || x.dim(-1) != x.dim(-2) || x.dim(-1) < 1)
    return importer.error(Code::T0305, "needs square matrices");
  if (x.dim(-1) > 4) return importer.unsupported(fmt::format("Det of {} rows", x.dim(-1)), "at most 4");
  std::vector<int> columns;
  for (int c = 0; c < static_cast<int>(x.dim(-1)); ++c) columns.push_back(c);
  importer.set_output(0, determinant(x, 0, columns).value);
}

constexpr OnnxRule kRules[] = {
    {"", "AffineGrid", 20, kNewest, import_affine_grid},
    {"", "Col2Im", 18, kNewest, import_col2im},
    {"", "DeformConv", 19, kNewest, import_deform_conv},
    {"", "Det", 11, kNewest, import_det},
    {"", "GlobalLpPool", 1, kNewest, import_global_lp_pool},
    {"", "LRN", 1, kNewest, import_lrn},
    {"", "LpPool", 1, kNewest, import_lp_pool},
};

}  // namespace

std::span<const OnnxRule> window_rules() { return kRules; }

}  // namespace tinyc::ir
