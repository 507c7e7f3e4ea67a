// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/accumulator.h"
#include "ir/ops/common.h"
#include "ir/ops/window.h"

namespace tinyc::ir {
namespace {

// Output extent: the windows that a convolution with these attributes would slide over it are the input's positions.
Result<Shape> output_extent(const Op& op, const Shape& in, const Shape& kernel) {
  const std::vector<int64_t>& extra = op.integers("output_padding");
  const size_t axes = in.size();
  if (!extra.empty() && extra.size() != axes) return Failure{"output_padding must fit the spatial axes"};
  Shape out;
  for (size_t d = 0; d < axes; ++d) {
    const auto at = [&](std::string_view name, size_t i, int64_t fallback) {
      const std::vector<int64_t>& list = op.integers(name);
      return list.empty() ? fallback : i < list.size() ? list[i] : -1;
    };
    const int64_t stride = at("strides", d, 1);
    const int64_t dilation = at("dilations", d, 1);
    const int64_t begin = at("pads", d, 0);
    const int64_t end = at("pads", axes + d, 0);
    const int64_t added = extra.empty() ? 0 : extra[d];
    constexpr int64_t kLimit = 1 << 30;
    const auto small = [](int64_t value, int64_t low) { return value >= low && value < kLimit; };
    if (!small(stride, 1) || !small(dilation, 1) || !small(begin, 0) || !small(end, 0) || !small(added, 0) ||
        !small(in[d], 1) || !small(kernel[d], 1))
      return Failure{"strides, dilations, pads and output_padding must fit the spatial axes and not be negative"};
    const int64_t size = stride * (in[d] - 1) + added + (kernel[d] - 1) * dilation + 1 - begin - end;
    if (size < 1) return Failure{fmt::format("nothing is left of axis {} after the padding is cut", d)};
    out.push_back(size);
  }
  return out;
}

Status infer(Op& op) {
  const Shape& x = op.operand_type(0).shape;
  const Shape& w = op.operand_type(1).shape;
  if (x.size() < 3 || w.size() != x.size())
    return Failure{fmt::format("needs an input of rank 3 or more and weights of the same rank, got {} and {}",
                               shape_text(x), shape_text(w))};
  const int64_t groups = op.integer("groups");
  if (groups < 1 || x.back() % groups != 0 || w[0] % groups != 0 || w[0] == 0 || w.back() != x.back() / groups)
    return Failure{
        fmt::format("{} input channels and weights {} do not fit {} groups", x.back(), shape_text(w), groups)};
  if (op.operand(2) && op.operand_type(2).shape != Shape{w[0]})
    return Failure{fmt::format("bias {} for {} channels", shape_text(op.operand_type(2).shape), w[0])};
  const Result<Shape> extent = output_extent(op, Shape(x.begin() + 1, x.end() - 1), Shape(w.begin() + 1, w.end() - 1));
  if (!extent) return extent.failure();
  Type& y = op.results[0]->type;
  y.shape = {x[0]};
  y.shape.insert(y.shape.end(), extent->begin(), extent->end());
  y.shape.push_back(w[0]);
  y.element = op.operand_type(0).quantized() ? Element::i32 : op.operand_type(0).element;
  return {};
}

Status verify(const Op& op) {
  if (const Status status = verify_activation(op); !status) return status;
  return verify_accumulation(op, op.operand_type(0), op.operand_type(1), 0);
}

// Adds every input element times the kernel to the output positions it reaches; totals are in the result's order.
template <class T, class Sum>
std::vector<Sum> scatter(const Op& op, const std::vector<T>& x, const std::vector<T>& w) {
  const Shape& xs = op.operand_type(0).shape;
  const Shape& ws = op.operand_type(1).shape;
  const Shape& ys = op.result_type().shape;
  const Shape kernel(ws.begin() + 1, ws.end() - 1);
  const Shape x_strides = strides_of(xs), w_strides = strides_of(ws), y_strides = strides_of(ys);
  const auto at = [&](std::string_view name, size_t d, int64_t fallback) {
    return op.integers(name).empty() ? fallback : op.integers(name)[d];
  };
  const int64_t outputs = ws[0] / op.integer("groups");
  std::vector<Sum> totals(static_cast<size_t>(op.result_type().elements()), Sum{0});
  for_each_index(Shape(xs.begin(), xs.end() - 1), [&](const Shape& from) {
    int64_t x_offset = 0;
    for (size_t d = 0; d < from.size(); ++d) x_offset += from[d] * x_strides[d];
    for_each_index(kernel, [&](const Shape& tap) {
      int64_t y_offset = from[0] * y_strides[0];
      int64_t w_offset = 0;
      for (size_t d = 0; d < tap.size(); ++d) {
        const int64_t to = from[d + 1] * at("strides", d, 1) - at("pads", d, 0) + tap[d] * at("dilations", d, 1);
        if (to < 0 || to >= ys[d + 1]) return;
        y_offset += to * y_strides[d + 1];
        w_offset += tap[d] * w_strides[d + 1];
      }
      for (int64_t o = 0; o < ws[0]; ++o) {
        const T* px = x.data() + x_offset + o / outputs * ws.back();
        const T* pw = w.data() + w_offset + o * w_strides[0];
        Sum& total = totals[static_cast<size_t>(y_offset + o)];
        for (int64_t c = 0; c < ws.back(); ++c) total += static_cast<Sum>(px[c]) * static_cast<Sum>(pw[c]);
      }
    });
  });
  return totals;
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& x = op.operand_type(0);
  const Type& w = op.operand_type(1);
  const int64_t channels = w.shape[0];
  Tensor& y = results[0];
  if (x.quantized()) {
    const Accumulator accumulator(op, x, w);
    const auto totals = scatter<int32_t, int64_t>(op, centred(*operands[0], x), centred(*operands[1], w));
    for (int64_t i = 0; i < y.size(); ++i) {
      const int64_t bias = operands[2] ? operands[2]->integer(i % channels) : 0;
      y.set_integer(i, accumulator.result(totals[static_cast<size_t>(i)] + bias, i % channels));
    }
    return;
  }
  const Activation activation = activation_of(op);
  const auto totals = scatter<double, double>(op, operands[0]->reals(), operands[1]->reals());
  for (int64_t i = 0; i < y.size(); ++i) {
    const double bias = operands[2] ? operands[2]->real(i % channels) : 0;
    y.set_real(i, activation(totals[static_cast<size_t>(i)] + bias));
  }
}

int64_t macs(const Op& op) {
  const Shape& w = op.operand_type(1).shape;
  return op.operand_type(0).elements() / std::max<int64_t>(1, op.operand_type(0).shape.back()) * element_count(w);
}

// ONNX w [C, O/groups, kernel...] to [O, kernel..., C/groups].
Value* weights_of(OnnxImporter& importer, Value* w, int64_t groups) {
  const Shape shape = w->type.shape;
  Shape split = {groups, shape[0] / groups, shape[1]};
  Shape joined = {groups * shape[1]};
  std::vector<int64_t> perm = {0, 2};
  for (size_t d = 2; d < shape.size(); ++d) {
    split.push_back(shape[d]);
    joined.push_back(shape[d]);
    perm.push_back(static_cast<int64_t>(d) + 1);
  }
  perm.push_back(1);
  joined.push_back(shape[0] / groups);
  Value* grouped = importer.make("transpose", {importer.make("reshape", {w}, {{"shape", split}})}, {{"perm", perm}});
  return importer.make("reshape", {grouped}, {{"shape", joined}});
}

// Pads that give the wanted output shape, which may also ask for more than there is; the odd element goes where
// auto_pad says (ONNX: to the end for SAME_UPPER).
std::vector<int64_t> pads_for(OnnxImporter& importer, const Shape& in, const Shape& kernel,
                              const Attributes& attributes, std::vector<int64_t>& extra,
                              const std::vector<int64_t>& wanted) {
  const auto& strides = std::get<std::vector<int64_t>>(attributes.at("strides"));
  const auto& dilations = std::get<std::vector<int64_t>>(attributes.at("dilations"));
  const size_t axes = in.size();
  std::vector<int64_t> pads(2 * axes, 0);
  const bool upper = importer.text("auto_pad", "NOTSET") == "SAME_UPPER";
  for (size_t d = 0; d < axes; ++d) {
    const int64_t full = strides[d] * (in[d] - 1) + extra[d] + (kernel[d] - 1) * dilations[d] + 1;
    const int64_t total = std::max<int64_t>(0, full - wanted[d]);
    extra[d] += std::max<int64_t>(0, wanted[d] - full);
    pads[d] = upper ? total / 2 : total - total / 2;
    pads[axes + d] = total - pads[d];
  }
  return pads;
}

void import_conv_transpose(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* w = importer.input(1);
  if (!x || !w) return;
  const int rank = x->type.rank();
  const int64_t groups = importer.integer("group", 1);
  if (rank < 3 || w->type.rank() != rank || groups < 1 || w->type.shape[0] % groups != 0)
    return importer.error(Code::T0305, fmt::format("input {}, weights {} and {} groups do not fit",
                                                   shape_text(x->type.shape), shape_text(w->type.shape), groups));
  const Shape in(x->type.shape.begin() + 2, x->type.shape.end());
  const Shape kernel(w->type.shape.begin() + 2, w->type.shape.end());
  const size_t axes = in.size();
  const std::vector<int64_t> ones(axes, 1);
  std::vector<int64_t> extra = importer.integers("output_padding", std::vector<int64_t>(axes, 0));
  Attributes attributes = {{"strides", importer.integers("strides", ones)},
                           {"dilations", importer.integers("dilations", ones)},
                           {"pads", importer.integers("pads", std::vector<int64_t>(2 * axes, 0))},
                           {"groups", groups}};
  const auto& strides = std::get<std::vector<int64_t>>(attributes["strides"]);
  if (strides.size() != axes || std::get<std::vector<int64_t>>(attributes["dilations"]).size() != axes ||
      extra.size() != axes)
    return importer.error(Code::T0307, fmt::format("strides, dilations and output_padding must fit {} axes", axes));
  const std::string auto_pad = importer.text("auto_pad", "NOTSET");
  std::vector<int64_t> wanted = importer.integers("output_shape");
  if (wanted.size() == axes + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (wanted.empty() && auto_pad.starts_with("SAME")) {
    for (size_t d = 0; d < axes; ++d) wanted.push_back(in[d] * strides[d]);
  }
  if (!wanted.empty() && wanted.size() != axes)
    return importer.error(Code::T0307, fmt::format("output_shape must fit {} axes", axes));
  if (!wanted.empty()) attributes["pads"] = pads_for(importer, in, kernel, attributes, extra, wanted);
  attributes["output_padding"] = std::move(extra);
  Value* bias = importer.has_input(2) ? importer.input(2) : nullptr;
  Value* last = importer.make("transpose", {x}, {{"perm", channels_last(rank)}});
  Value* y = importer.make("conv_transpose", {last, weights_of(importer, w, groups), bias}, std::move(attributes));
  if (y) importer.emit("transpose", {y}, {{"perm", channels_first(rank)}});
}

}  // namespace

extern const OpDef conv_transpose_op = {
    .name = "conv_transpose",
    .summary = "Transposed convolution: every input element adds the kernel, times itself, to the output.",
    .doc =
        "x [N, spatial..., C], w [O, kernel..., C/groups], bias [O] (optional), y [N, spatial..., O]: channels last. "
        "Input position i and tap k reach output position i * stride - pad_begin + k * dilation. Extent: stride * "
        "(in - 1) + output_padding + (kernel - 1) * dilation + 1 - pads. Quantised as conv.",
    .operands = {{"x"}, {"w"}, {"bias", OperandKind::optional}},
    .results = {"y"},
    .attributes = window_attributes(
        {{"groups", AttributeKind::integer, Attribute{int64_t{1}}, "groups of channels"},
         {"output_padding", AttributeKind::integers, Attribute{std::vector<int64_t>{}}, "added at the end; empty = 0"},
         activation_attribute(),
         activation_args_attribute()}),
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .macs = macs,
    .onnx = {{"", "ConvTranspose", 1, kNewest, import_conv_transpose}},
};

}  // namespace tinyc::ir
