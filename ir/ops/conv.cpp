// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/common.h"
#include "ir/ops/window.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Shape& x = op.operand_type(0).shape;
  const Shape& w = op.operand_type(1).shape;
  if (x.size() < 3 || w.size() != x.size())
    return Failure{fmt::format("needs an input of rank 3 or more and weights of the same rank, got {} and {}",
                               shape_text(x), shape_text(w))};
  const int64_t groups = op.integer("groups");
  if (groups < 1 || x.back() % groups != 0 || w[0] % groups != 0 || w.back() != x.back() / groups) {
    return Failure{
        fmt::format("{} input channels and weights {} do not fit {} groups", x.back(), shape_text(w), groups)};
  }
  if (op.operand(2) && op.operand_type(2).shape != Shape{w[0]})
    return Failure{fmt::format("bias {} for {} channels", shape_text(op.operand_type(2).shape), w[0])};
  const Shape kernel(w.begin() + 1, w.end() - 1);
  Result<std::vector<Window>> windows = windows_of(op, Shape(x.begin() + 1, x.end() - 1), kernel);
  if (!windows) return windows.failure();
  Type& y = op.results[0]->type;
  y.shape = {x[0]};
  for (const Window& window : *windows) y.shape.push_back(window.out);
  y.shape.push_back(w[0]);
  y.element = op.operand_type(0).element;
  return {};
}

Status verify(const Op& op) {
  if (const Status status = verify_activation(op); !status) return status;
  const Type& x = op.operand_type(0);
  const Type& w = op.operand_type(1);
  if (x.quantized() != w.quantized()) return Failure{"input and weights must both be quantised, or neither"};
  if (!x.quantized()) return {};
  if (!x.quant->per_tensor()) return Failure{"the input must be quantised per tensor"};
  if (!w.quant->per_tensor() && w.quant->axis != 0)
    return Failure{"weights can be quantised per output channel (axis 0) only"};
  if (op.operand(2) && op.operand_type(2).element != Element::i32)
    return Failure{"the bias of an integer convolution must be i32"};
  return {};
}

// Sum over the window at one output position; `term(x offset, w offset, channels)` adds one kernel position.
template <class Term>
void for_each_tap(const std::vector<Window>& windows, const Shape& out, const Shape& x_strides, const Shape& w_strides,
                  Term term) {
  Shape kernel;
  for (const Window& window : windows) kernel.push_back(window.kernel);
  for_each_index(kernel, [&](const Shape& tap) {
    int64_t x_offset = 0;
    int64_t w_offset = 0;
    for (size_t d = 0; d < windows.size(); ++d) {
      const int64_t in = out[d] * windows[d].stride - windows[d].pad_begin + tap[d] * windows[d].dilation;
      if (in < 0 || in >= windows[d].in) return;
      x_offset += in * x_strides[d + 1];
      w_offset += tap[d] * w_strides[d + 1];
    }
    term(x_offset, w_offset);
  });
}

// Runs `channel(n, output position, o, output index)` for every output element.
template <class Channel>
void for_each_output(const Shape& y, Channel channel) {
  const Shape spatial(y.begin() + 1, y.end() - 1);
  int64_t index = 0;
  for (int64_t n = 0; n < y[0]; ++n) {
    for_each_index(spatial, [&](const Shape& at) {
      for (int64_t o = 0; o < y.back(); ++o) channel(n, at, o, index++);
    });
  }
}

struct Layout {
  std::vector<Window> windows;
  Shape x_strides, w_strides;
  int64_t in_per_group, out_per_group;
};

Layout layout_of(const Op& op) {
  const Shape& x = op.operand_type(0).shape;
  const Shape& w = op.operand_type(1).shape;
  Result<std::vector<Window>> windows =
      windows_of(op, Shape(x.begin() + 1, x.end() - 1), Shape(w.begin() + 1, w.end() - 1));
  return {windows.take(), strides_of(x), strides_of(w), w.back(), w[0] / op.integer("groups")};
}

void reference_real(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Layout layout = layout_of(op);
  const std::vector<double> x = operands[0]->reals();
  const std::vector<double> w = operands[1]->reals();
  for_each_output(y.shape(), [&](int64_t n, const Shape& at, int64_t o, int64_t index) {
    double sum = operands[2] ? operands[2]->real(o) : 0;
    const int64_t x_base = n * layout.x_strides[0] + o / layout.out_per_group * layout.in_per_group;
    const int64_t w_base = o * layout.w_strides[0];
    for_each_tap(layout.windows, at, layout.x_strides, layout.w_strides, [&](int64_t x_offset, int64_t w_offset) {
      const double* px = x.data() + x_base + x_offset;
      const double* pw = w.data() + w_base + w_offset;
      for (int64_t c = 0; c < layout.in_per_group; ++c) sum += px[c] * pw[c];
    });
    y.set_real(index, activate(op, sum));
  });
}

void reference_integer(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Layout layout = layout_of(op);
  const Quantization& qx = *op.operand_type(0).quant;
  const Quantization& qw = *op.operand_type(1).quant;
  const std::vector<int64_t> x = operands[0]->integers();
  const std::vector<int64_t> w = operands[1]->integers();
  const Type& type = op.result_type();
  const ClampBounds bounds = type.quantized() ? clamp_bounds(op, type) : ClampBounds{};
  for_each_output(y.shape(), [&](int64_t n, const Shape& at, int64_t o, int64_t index) {
    int64_t sum = operands[2] ? operands[2]->integer(o) : 0;
    const int64_t x_base = n * layout.x_strides[0] + o / layout.out_per_group * layout.in_per_group;
    const int64_t w_base = o * layout.w_strides[0];
    for_each_tap(layout.windows, at, layout.x_strides, layout.w_strides, [&](int64_t x_offset, int64_t w_offset) {
      const int64_t* px = x.data() + x_base + x_offset;
      const int64_t* pw = w.data() + w_base + w_offset;
      for (int64_t c = 0; c < layout.in_per_group; ++c) sum += (px[c] - qx.zero_point()) * (pw[c] - qw.zero_point(o));
    });
    if (!type.quantized()) return y.set_integer(index, sum);
    const FixedPoint scale = to_fixed_point(qx.scale() * qw.scale(o) / type.quant->scale());
    y.set_integer(index, std::clamp(type.quant->zero_point() + requantize(sum, scale), bounds.low, bounds.high));
  });
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (op.operand_type(0).quantized()) {
    reference_integer(op, operands, results[0]);
  } else {
    reference_real(op, operands, results[0]);
  }
}

int64_t macs(const Op& op) {
  const Shape& w = op.operand_type(1).shape;
  return op.result_type().elements() * (element_count(w) / w[0]);
}

// ONNX: x [N, C, spatial...], w [O, C/groups, spatial...].
void import_conv(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* w = importer.input(1);
  if (!x || !w) return;
  const int rank = x->type.rank();
  if (rank < 3 || w->type.rank() != rank)
    return importer.error(Code::T0305, fmt::format("input {} and weights {} are not of the same rank, 3 or more",
                                                   shape_text(x->type.shape), shape_text(w->type.shape)));
  std::optional<Attributes> attributes = import_window(importer, Shape(x->type.shape.begin() + 2, x->type.shape.end()),
                                                       Shape(w->type.shape.begin() + 2, w->type.shape.end()));
  if (!attributes) return;
  (*attributes)["groups"] = importer.integer("group", 1);
  Value* last = importer.make("transpose", {x}, {{"perm", channels_last(rank)}});
  Value* ohwi = importer.make("transpose", {w}, {{"perm", channels_last(rank)}});
  Value* y =
      importer.make("conv", {last, ohwi, importer.has_input(2) ? importer.input(2) : nullptr}, std::move(*attributes));
  if (y) importer.emit("transpose", {y}, {{"perm", channels_first(rank)}});
}

}  // namespace

extern const OpDef conv_op = {
    .name = "conv",
    .summary = "Convolution over any number of spatial axes, with groups.",
    .doc =
        "x [N, spatial..., C], w [O, kernel..., C/groups], bias [O] (optional), y [N, spatial..., O]: channels last. "
        "Quantised: x per tensor, w per tensor or per output channel, bias i32 in units of scale_x * scale_w; "
        "y = clamp(zero_y + round(acc * scale_x * scale_w / scale_y)), or the i32 accumulator when y is not quantised.",
    .operands = {{"x"}, {"w"}, {"bias", OperandKind::optional}},
    .results = {"y"},
    .attributes = window_attributes(
        {{"groups", AttributeKind::integer, Attribute{int64_t{1}}, "groups of channels; C = depthwise"},
         activation_attribute(),
         activation_args_attribute()}),
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .macs = macs,
    .onnx = {{"", "Conv", 1, kNewest, import_conv}},
};

}  // namespace tinyc::ir
