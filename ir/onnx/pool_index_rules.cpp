// SPDX-License-Identifier: Apache-2.0
// Pools that name the places of their maxima, and the way back.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "ir/onnx/formula.h"
#include "ir/onnx/pool_indices.h"
#include "ir/onnx/rules.h"
#include "ir/ops/window.h"

namespace tinyc::ir {
namespace {

constexpr int64_t kMostTaps = 256;

const std::vector<int64_t>& list(const Attributes& attributes, std::string_view name) {
  return std::get<std::vector<int64_t>>(attributes.find(name)->second);
}

// Steps from one element to the next per axis of [N, C, spatial...], with the spatial axes as storage_order says.
Shape place_strides(const Shape& shape, bool column_major) {
  Shape strides = strides_of(shape);
  int64_t step = 1;
  for (size_t d = 2; column_major && d < shape.size(); step *= shape[d++]) strides[d] = step;
  return strides;
}

// Elements that tap `tap` of every window sees, [1, N, C, out...].
Term seen_by(Term padded, const std::vector<int64_t>& tap, const Attributes& attributes, const Shape& out) {
  for (size_t d = 0; d < tap.size(); ++d)
    padded = slice(padded, static_cast<int>(d) + 2, tap[d] * list(attributes, "dilations")[d], out[d],
                   list(attributes, "strides")[d]);
  Shape shape = padded.shape();
  shape.insert(shape.begin(), 1);
  return reshape(padded, shape);
}

// Where the first tap of every window would lie, [N, C, out...].
Tensor window_places(const Shape& x, const Shape& result, const Attributes& attributes, const Shape& strides) {
  Tensor places(Element::i64, result);
  const Shape own = strides_of(result);
  for (int64_t i = 0; i < places.size(); ++i) {
    int64_t place = 0;
    for (size_t d = 0; d < x.size(); ++d) {
      const int64_t at = i / own[d] % result[d];
      place += strides[d] * (d < 2 ? at : at * list(attributes, "strides")[d - 2] - list(attributes, "pads")[d - 2]);
    }
    places.set_integer(i, place);
  }
  return places;
}

// max_pool_size: (in - 1) * stride - pads + kernel, the shape that MaxPool came from.
Shape unpooled_shape(OnnxImporter& importer, const Shape& in) {
  const size_t axes = in.size() - 2;
  const std::vector<int64_t> kernel = importer.integers("kernel_shape"),
                             pads = importer.integers("pads", Shape(2 * axes, 0));
  const std::vector<int64_t> strides = importer.integers("strides", Shape(axes, 1));
  if (kernel.size() != axes || pads.size() != 2 * axes || strides.size() != axes) return {};
  Shape shape = {in[0], in[1]};
  for (size_t d = 0; d < axes; ++d)
    shape.push_back((in[2 + d] - 1) * strides[d] - pads[d] - pads[axes + d] + kernel[d]);
  return shape;
}

void import_max_unpool(OnnxImporter& importer) {
  const Term x = input_term(importer, 0), indices = input_term(importer, 1);
  if (!x || !indices) return;
  const Shape shape = x.rank() < 3 ? Shape{} : unpooled_shape(importer, x.shape());
  if (shape.empty() || !checked_element_count(shape) || indices.shape() != x.shape())
    return importer.error(Code::T0305,
                          fmt::format("input {} and indices {}", shape_text(x.shape()), shape_text(indices.shape())));
  const int64_t count = element_count(x.shape()), size = element_count(shape);
  const Term zeros = expand(number_like(x, 0), {size, 1});
  Term y = reshape(apply("scatter", {zeros, reshape(indices, {count}), reshape(x, {count, 1})}), shape);
  if (importer.has_input(2)) {
    const auto wanted = importer.required_integers(2, "the output's shape");
    if (!wanted || wanted->size() != shape.size()) return;
    std::vector<int64_t> pads(2 * shape.size(), 0);
    for (size_t d = 0; d < shape.size(); ++d) {
      if ((*wanted)[d] < shape[d]) return importer.error(Code::T0305, "output_shape is smaller than the pool's input");
      pads[shape.size() + d] = (*wanted)[d] - shape[d];
    }
    if (*wanted != shape) y = apply("pad", {y}, {{"pads", pads}});
  }
  importer.set_output(0, y.value);
}

constexpr OnnxRule kRules[] = {
    {"", "MaxUnpool", 9, kNewest, import_max_unpool},
};

}  // namespace

// All elements a window sees side by side: the largest, and which tap saw it. Padding lies below every element.
void import_max_pool_with_indices(OnnxImporter& importer) {
  const Term given = input_term(importer, 0);
  const std::vector<int64_t> kernel = importer.integers("kernel_shape");
  const Shape spatial(given.shape().begin() + 2, given.shape().end());
  const auto attributes = import_window(importer, spatial, kernel);
  if (!attributes) return;
  if (element_count(kernel) > kMostTaps)
    return importer.unsupported(fmt::format("the indices of MaxPool over {} elements", element_count(kernel)));
  const bool real = is_float(given.element());
  const Term x = real ? given : cast(given, Element::i32);
  const double below = real ? -std::numeric_limits<double>::infinity() : -32768.0;
  const std::vector<int64_t>& pads = list(*attributes, "pads");
  Shape result = {given.dim(0), given.dim(1)}, around(2 * given.shape().size(), 0), out;
  for (size_t d = 0; d < spatial.size(); ++d) {
    around[2 + d] = pads[d];
    around[given.shape().size() + 2 + d] = pads[spatial.size() + d];
    const int64_t reach = (kernel[d] - 1) * list(*attributes, "dilations")[d] + 1;
    out.push_back((spatial[d] + pads[d] + pads[spatial.size() + d] - reach) / list(*attributes, "strides")[d] + 1);
    result.push_back(out.back());
  }
  if (std::any_of(out.begin(), out.end(), [](int64_t size) { return size < 1; }))
    return importer.error(Code::T0305, "the window is larger than the padded input");
  const Term padded = apply("pad", {x}, {{"pads", around}, {"value", below}});
  const Shape strides = place_strides(given.shape(), importer.integer("storage_order", 0) != 0);
  const Shape tap_strides = strides_of(kernel);
  std::vector<Term> taps;
  std::vector<int64_t> offsets;
  for (int64_t i = 0; i < element_count(kernel); ++i) {
    std::vector<int64_t> tap;
    int64_t offset = 0;
    for (size_t d = 0; d < kernel.size(); ++d) {
      tap.push_back(i / tap_strides[d] % kernel[d]);
      offset += tap.back() * list(*attributes, "dilations")[d] * strides[2 + d];
    }
    taps.push_back(seen_by(padded, tap, *attributes, out));
    offsets.push_back(offset);
  }
  const Term all = concat(taps, 0);
  importer.set_output(0, cast(reshape(reduce("reduce_max", all, {0}), result), given.element()).value);
  const Term best = reshape(argument_of_max(all, 0), result);
  const Term offset = gather({&importer, importer.builder().integers(offsets)}, best, 0);
  importer.set_output(
      1, (tensor_term(importer, window_places(given.shape(), result, *attributes, strides)) + offset).value);
}

std::span<const OnnxRule> pool_index_rules() { return kRules; }

}  // namespace tinyc::ir
