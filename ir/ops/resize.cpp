// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/ops/common.h"
#include "ir/ops/resampling.h"
#include "ir/ops/window.h"

namespace tinyc::ir {
namespace {

constexpr std::string_view kCoordinates[] = {"align_corners",        "asymmetric",         "half_pixel",
                                             "half_pixel_symmetric", "pytorch_half_pixel", "tf_crop_and_resize",
                                             "tf_half_pixel_for_nn"};
constexpr std::string_view kNearest[] = {"ceil", "floor", "round_prefer_ceil", "round_prefer_floor"};
constexpr std::string_view kModes[] = {"cubic", "linear", "nearest"};

template <size_t count>
bool is_one_of(const std::string& text, const std::string_view (&list)[count]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const size_t rank = x.shape.size();
  const std::vector<int64_t>& sizes = op.integers("sizes");
  const std::vector<double>& scales = op.reals("scales");
  const std::vector<double>& region = op.reals("region");
  if (sizes.size() != rank || scales.size() != rank || (!region.empty() && region.size() != 2 * rank))
    return Failure{fmt::format("sizes, scales and region must fit {} axes", rank)};
  for (size_t d = 0; d < rank; ++d) {
    if (sizes[d] < 0 || !std::isfinite(scales[d]) || scales[d] <= 0)
      return Failure{"scales must be finite and positive"};
    if (sizes[d] > 0 && x.shape[d] == 0) return Failure{"an empty axis cannot grow"};
  }
  for (const double bound : region) {
    if (!std::isfinite(bound)) return Failure{"the region must be finite"};
  }
  if (!is_one_of(op.text("mode"), kModes)) return Failure{"mode is '" + op.text("mode") + "'"};
  if (!is_one_of(op.text("coordinates"), kCoordinates))
    return Failure{"coordinate mode is '" + op.text("coordinates") + "'"};
  if (!is_one_of(op.text("nearest"), kNearest)) return Failure{"nearest mode is '" + op.text("nearest") + "'"};
  copy_element_type(op, 0, op.results[0]->type);
  op.results[0]->type.shape = sizes;
  return {};
}

Resampling resampling_of(const Op& op) {
  return {op.text("mode"),         op.text("coordinates"),     op.text("nearest"),
          op.real("cubic_a"),      op.flag("exclude_outside"), op.flag("antialias"),
          op.real("extrapolation")};
}

// The sums of the integer form stay below 2^31 in units of 2^-20: 8 bits, two axes, weights whose magnitudes add up
// to 2.8.
Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (!x.quantized() && !y.quantized()) return {};
  if (!x.quantized() || !y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (op.text("mode") == "nearest" && same_numbers(x, y)) return {};
  if (!x.quant->per_tensor() || !y.quant->per_tensor()) return Failure{"must be quantised per tensor"};
  if (element_bits(x.element) > 8 || element_bits(y.element) > 8) return Failure{"has an integer form for 8 bits only"};
  if (op.text("coordinates") == "tf_crop_and_resize") return Failure{"has no integer form that extrapolates"};
  int axes = 0;
  for (size_t d = 0; d < x.shape.size(); ++d) {
    if (!resizes_axis(op, d)) continue;
    ++axes;
    for (const std::vector<WeightedTap>& taps : resize_taps(op, d)) {
      double sum = 0;
      for (const WeightedTap& tap : taps) sum += std::fabs(tap.weight);
      if (sum > 2.8) return Failure{"has weights too large for its integer form"};
    }
  }
  if (axes > 2) return Failure{"has an integer form for two axes at most"};
  return {};
}

// Axis d of `values` (shape `shape`) resampled; updates the shape. weights: per output position, one per tap. No taps
// give `none`.
template <class Number>
std::vector<Number> resampled(const std::vector<Number>& values, Shape& shape, size_t d,
                              const std::vector<std::vector<WeightedTap>>& taps,
                              const std::vector<std::vector<Number>>& weights, Number none) {
  const int64_t inner = strides_of(shape)[d];
  const int64_t in = shape[d];
  const auto out = static_cast<int64_t>(taps.size());
  const int64_t outer = element_count(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(d)));
  shape[d] = out;
  std::vector<Number> result(static_cast<size_t>(element_count(shape)));
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t at = 0; at < out; ++at) {
      const auto& list = taps[static_cast<size_t>(at)];
      for (int64_t i = 0; i < inner; ++i) {
        Number sum = 0;
        for (size_t k = 0; k < list.size(); ++k)
          sum +=
              weights[static_cast<size_t>(at)][k] * values[static_cast<size_t>((o * in + list[k].index) * inner + i)];
        result[static_cast<size_t>((o * out + at) * inner + i)] = list.empty() ? none : sum;
      }
    }
  }
  return result;
}

// docs/numerics.md "resize": weights in units of 2^-20; a sum over two axes is brought back to these units.
void resize_integers(const Op& op, const Tensor& x, Tensor& y) {
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  Shape shape = x.shape();
  std::vector<int64_t> values = x.integers();
  for (int64_t& value : values) value -= in.quant->zero_point();
  int bits = 0;
  for (size_t d = 0; d < shape.size() && y.size() > 0; ++d) {
    if (!resizes_axis(op, d)) continue;
    const auto taps = resize_taps(op, d);
    std::vector<std::vector<int64_t>> weights;
    for (const auto& list : taps) weights.push_back(fixed_weights(list));
    values = resampled<int64_t>(values, shape, d, taps, weights, 0);
    bits += kResizeBits;
  }
  const FixedPoint scale = to_fixed_point(in.quant->scale() / out.quant->scale());
  for (int64_t i = 0; i < y.size(); ++i) {
    int64_t sum = values[static_cast<size_t>(i)];
    if (bits > kResizeBits) sum = (sum + (int64_t{1} << (kResizeBits - 1))) >> kResizeBits;
    const int shift = scale.shift + std::min(bits, kResizeBits);
    const int64_t steps = round_shift(static_cast<__int128>(sum) * scale.multiplier, shift);
    y.set_integer(i, saturate(out.quant->zero_point() + steps, out.element));
  }
}

void resize_reals(const Op& op, const Tensor& x, Tensor& y) {
  Shape shape = x.shape();
  std::vector<double> values = x.reals();
  bool cropped = false;
  for (size_t d = 0; d < shape.size() && y.size() > 0; ++d) {
    if (!resizes_axis(op, d)) continue;
    const auto taps = resize_taps(op, d);
    std::vector<std::vector<double>> weights(taps.size());
    for (size_t at = 0; at < taps.size(); ++at) {
      cropped = cropped || taps[at].empty();
      for (const WeightedTap& tap : taps[at]) weights[at].push_back(tap.weight);
    }
    values = resampled<double>(values, shape, d, taps, weights, std::nan(""));
  }
  for (int64_t i = 0; i < y.size(); ++i) {
    const double value = values[static_cast<size_t>(i)];
    y.set_real(i, cropped && std::isnan(value) ? op.real("extrapolation") : value);
  }
}

// Equal quantisation: the nearest integers are copied as they are.
void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& x = op.operand_type(0);
  if (x.quantized() && !same_numbers(x, op.result_type())) return resize_integers(op, *operands[0], results[0]);
  if (x.quantized() && op.text("mode") != "nearest") return resize_integers(op, *operands[0], results[0]);
  resize_reals(op, *operands[0], results[0]);
}

struct Extent {
  std::vector<int64_t> sizes;
  std::vector<double> scales;
};

// Sizes win over scales; both may speak of some axes only.
std::optional<Extent> extent_of(OnnxImporter& importer, const Shape& shape, const std::vector<int64_t>& axes,
                                std::vector<double> scales, std::vector<int64_t> sizes) {
  Extent extent{shape, std::vector<double>(shape.size(), 1.0)};
  if ((sizes.empty() ? scales.size() : sizes.size()) != axes.size()) {
    importer.error(Code::T0305, fmt::format("scales or sizes do not fit {} axes", axes.size()));
    return std::nullopt;
  }
  const std::string policy = sizes.empty() ? "stretch" : importer.text("keep_aspect_ratio_policy", "stretch");
  double common = policy == "not_larger" ? HUGE_VAL : 0;
  for (size_t i = 0; i < axes.size() && policy != "stretch"; ++i) {
    const double scale =
        static_cast<double>(sizes[i]) / static_cast<double>(std::max<int64_t>(1, shape[static_cast<size_t>(axes[i])]));
    common = policy == "not_larger" ? std::min(common, scale) : std::max(common, scale);
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto d = static_cast<size_t>(axes[i]);
    const auto in = static_cast<double>(shape[d]);
    const double out = policy != "stretch" ? std::floor(common * in + 0.5)
                       : sizes.empty()     ? std::floor(in * scales[i])
                                           : static_cast<double>(sizes[i]);
    if (!(out >= 0 && out < 2147483648.0)) {
      importer.error(Code::T0307, "a scale or size is out of range");
      return std::nullopt;
    }
    extent.sizes[d] = static_cast<int64_t>(out);
    extent.scales[d] = sizes.empty() ? scales[i] : policy != "stretch" ? common : out / std::max(in, 1.0);
    if (extent.scales[d] == 0) extent.scales[d] = 1;  // nothing is made along this axis
  }
  return extent;
}

// Channels last where only spatial axes change, as kernels want it.
void emit_resize(OnnxImporter& importer, Value* x, Extent extent, std::vector<double> region, Attributes attributes) {
  const int rank = x->type.rank();
  const bool spatial = rank >= 3 && extent.scales[0] == 1 && extent.scales[1] == 1 &&
                       std::get<std::string>(attributes["coordinates"]) != "tf_crop_and_resize";
  if (spatial) {
    const auto rotate = [](auto& list) { std::rotate(list.begin() + 1, list.begin() + 2, list.end()); };
    rotate(extent.sizes);
    rotate(extent.scales);
    x = importer.make("transpose", {x}, {{"perm", channels_last(rank)}});
    region.clear();
  }
  attributes["sizes"] = extent.sizes;
  attributes["scales"] = extent.scales;
  attributes["region"] = region;
  Value* y = importer.make("resize", {x}, std::move(attributes));
  if (y && spatial) y = importer.make("transpose", {y}, {{"perm", channels_first(rank)}});
  importer.set_output(0, y);
}

Attributes resize_attributes(OnnxImporter& importer, std::string coordinates, std::string nearest) {
  return {{"mode", importer.text("mode", "nearest")},
          {"coordinates", importer.text("coordinate_transformation_mode", coordinates)},
          {"nearest", importer.text("nearest_mode", nearest)},
          {"cubic_a", importer.real("cubic_coeff_a", -0.75)},
          {"exclude_outside", importer.integer("exclude_outside", 0) != 0},
          {"antialias", importer.integer("antialias", 0) != 0},
          {"extrapolation", importer.real("extrapolation_value", 0)}};
}

std::vector<int64_t> all_axes(int rank) {
  std::vector<int64_t> axes;
  for (int d = 0; d < rank; ++d) axes.push_back(d);
  return axes;
}

// Upsample, and Resize of opset 10: x and scales; positions x / scale, rounded down.
void import_upsample(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  std::vector<double> scales = importer.reals("scales");
  if (importer.has_input(1) || scales.empty()) {
    const Tensor* given = importer.required_constant(1, "the scales");
    if (!given) return;
    scales = given->reals();
  }
  auto extent = extent_of(importer, x->type.shape, all_axes(x->type.rank()), scales, {});
  if (!extent) return;
  Attributes attributes = resize_attributes(importer, "asymmetric", "floor");
  emit_resize(importer, x, std::move(*extent), {}, std::move(attributes));
}

// x, region, scales, sizes; axes as an attribute from opset 18 on.
void import_resize(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const int rank = x->type.rank();
  std::vector<int64_t> axes = importer.integers("axes", all_axes(rank));
  for (int64_t& value : axes) {
    const auto axis = importer.axis(value, rank);
    if (!axis) return;
    value = *axis;
  }
  const bool sized = importer.has_input(3) && importer.input_type(3).elements() > 0;
  const Tensor* wanted = importer.required_constant(sized ? 3 : 2, sized ? "the sizes" : "the scales");
  if (!wanted) return;
  auto extent = extent_of(importer, x->type.shape, axes, sized ? std::vector<double>{} : wanted->reals(),
                          sized ? wanted->integers() : std::vector<int64_t>{});
  if (!extent) return;
  Attributes attributes = resize_attributes(importer, "half_pixel", "round_prefer_floor");
  std::vector<double> region;
  if (std::get<std::string>(attributes["coordinates"]) == "tf_crop_and_resize") {
    const Tensor* given = importer.required_constant(1, "the region");
    if (!given) return;
    if (given->size() != 2 * static_cast<int64_t>(axes.size()))
      return importer.error(Code::T0305, "the region does not fit the axes");
    region.assign(2 * static_cast<size_t>(rank), 0);
    std::fill(region.begin() + rank, region.end(), 1.0);
    for (size_t i = 0; i < axes.size(); ++i) {
      region[static_cast<size_t>(axes[i])] = given->real(static_cast<int64_t>(i));
      region[static_cast<size_t>(axes[i] + rank)] = given->real(static_cast<int64_t>(i + axes.size()));
    }
  }
  emit_resize(importer, x, std::move(*extent), std::move(region), std::move(attributes));
}

}  // namespace

bool resizes_axis(const Op& op, size_t d) {
  const bool same = op.operand_type(0).shape[d] == op.integers("sizes")[d] && op.reals("scales")[d] == 1;
  const std::vector<double>& region = op.reals("region");
  const size_t rank = op.operand_type(0).shape.size();
  const bool crops = op.text("coordinates") == "tf_crop_and_resize" && !region.empty() &&
                     (region[d] != 0 || region[rank + d] != 1);
  return !same || crops;
}

std::vector<std::vector<WeightedTap>> resize_taps(const Op& op, size_t d) {
  const Resampling how = resampling_of(op);
  const std::vector<double>& region = op.reals("region");
  const size_t rank = op.operand_type(0).shape.size();
  const AxisResampling axis{op.operand_type(0).shape[d], op.integers("sizes")[d], op.reals("scales")[d],
                            region.empty() ? 0 : region[d], region.empty() ? 1 : region[rank + d]};
  std::vector<std::vector<WeightedTap>> taps;
  for (int64_t at = 0; at < axis.out; ++at) taps.push_back(resampling_taps(how, axis, at));
  return taps;
}

extern const OpDef resize_op = {
    .name = "resize",
    .summary = "Resamples axes: nearest, linear or cubic.",
    .doc =
        "ONNX's Resize, axis by axis. Mode linear and cubic are weighted sums whose weights depend on the position "
        "only. Quantised: 8 bits, along two axes at most; weights in units of 2^-20.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"sizes", AttributeKind::integers, std::nullopt, "shape of the result"},
                   {"scales", AttributeKind::reals, std::nullopt, "per axis; 1 = unchanged"},
                   {"mode", AttributeKind::text, Attribute{std::string("nearest")}, "nearest, linear or cubic"},
                   {"coordinates", AttributeKind::text, Attribute{std::string("half_pixel")},
                    "ONNX's coordinate_transformation_mode"},
                   {"nearest", AttributeKind::text, Attribute{std::string("round_prefer_floor")},
                    "ONNX's nearest_mode"},
                   {"cubic_a", AttributeKind::real, Attribute{-0.75}, "coefficient of the cubic filter"},
                   {"exclude_outside", AttributeKind::flag, Attribute{false}, "taps outside have no weight"},
                   {"antialias", AttributeKind::flag, Attribute{false}, "shrinking widens the filter"},
                   {"extrapolation", AttributeKind::real, Attribute{0.0}, "outside of the input, when cropping"},
                   {"region", AttributeKind::reals, Attribute{std::vector<double>{}},
                    "starts, then ends, when cropping"}},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "Resize", 10, 10, import_upsample},
             {"", "Resize", 11, kNewest, import_resize},
             {"", "Upsample", 7, kNewest, import_upsample}},
};

}  // namespace tinyc::ir
