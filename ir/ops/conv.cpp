// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "ir/ops/accumulator.h"
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"
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
  y.element = op.operand_type(0).quantized() ? Element::i32 : op.operand_type(0).element;
  return {};
}

Status verify(const Op& op) {
  if (const Status status = verify_activation(op); !status) return status;
  return verify_accumulation(op, op.operand_type(0), op.operand_type(1), 0);
}

// Where one kernel position reads, relative to image and filter.
struct Tap {
  int64_t x;
  int64_t w;
};

struct Layout {
  std::vector<Window> windows;
  Shape x_strides, w_strides, kernel;
  int64_t in_per_group, out_per_group;
};

Layout layout_of(const Op& op) {
  const Shape& x = op.operand_type(0).shape;
  const Shape& w = op.operand_type(1).shape;
  const Shape kernel(w.begin() + 1, w.end() - 1);
  Result<std::vector<Window>> windows = windows_of(op, Shape(x.begin() + 1, x.end() - 1), kernel);
  return {windows.take(), strides_of(x), strides_of(w), kernel, w.back(), w[0] / op.integer("groups")};
}

// The taps that lie inside the input at one output position.
void taps_at(const Layout& layout, const Shape& out, std::vector<Tap>& taps) {
  taps.clear();
  for_each_index(layout.kernel, [&](const Shape& at) {
    Tap tap{0, 0};
    for (size_t d = 0; d < at.size(); ++d) {
      const Window& window = layout.windows[d];
      const int64_t in = out[d] * window.stride - window.pad_begin + at[d] * window.dilation;
      if (in < 0 || in >= window.in) return;
      tap.x += in * layout.x_strides[d + 1];
      tap.w += at[d] * layout.w_strides[d + 1];
    }
    taps.push_back(tap);
  });
}

// Calls result(output index, channel, sum of products) for every output element; `start` is the bias of a channel.
template <class T, class Sum, class Start, class Result>
void convolve(const Op& op, const std::vector<T>& x, const std::vector<T>& w, Start start, Result result) {
  const Layout layout = layout_of(op);
  const Shape& y = op.result_type().shape;
  std::vector<Tap> taps;
  int64_t index = 0;
  for (int64_t n = 0; n < y[0]; ++n) {
    for_each_index(Shape(y.begin() + 1, y.end() - 1), [&](const Shape& at) {
      taps_at(layout, at, taps);
      for (int64_t o = 0; o < y.back(); ++o) {
        const T* image = x.data() + n * layout.x_strides[0] + o / layout.out_per_group * layout.in_per_group;
        const T* filter = w.data() + o * layout.w_strides[0];
        Sum sum = start(o);
        for (const Tap& tap : taps) {
          for (int64_t c = 0; c < layout.in_per_group; ++c)
            sum += static_cast<Sum>(image[tap.x + c]) * static_cast<Sum>(filter[tap.w + c]);
        }
        result(index++, o, sum);
      }
    });
  }
}

void reference_real(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Activation activation = activation_of(op);
  convolve<double, double>(
      op, operands[0]->reals(), real_weights(*operands[1], op.operand_type(1)), [&](int64_t o) { return operands[2] ? operands[2]->real(o) : 0; },
      [&](int64_t index, int64_t, double sum) { y.set_real(index, activation(sum)); });
}

void reference_integer(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Type& tx = op.operand_type(0);
  const Type& tw = op.operand_type(1);
  const Accumulator accumulator(op, tx, tw);
  convolve<int32_t, int64_t>(
      op, centred(*operands[0], tx), centred(*operands[1], tw),
      [&](int64_t o) { return operands[2] ? operands[2]->integer(o) : 0; },
      [&](int64_t index, int64_t o, int64_t sum) { y.set_integer(index, accumulator.result(sum, o)); });
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

struct ConvResult {
  std::optional<QuantizedType> type = {};  // nothing: as the operator infers it
  bool channels_last = false;              // x and y are [N, spatial..., C] already
};

// ONNX: x [N, C, spatial...], w [O, C/groups, spatial...]. Makes the operator channels last; quantised if `result` is.
void emit_conv(OnnxImporter& importer, Value* x, Value* w, Value* bias, const ConvResult& result) {
  if (!x || !w) return;
  const int rank = x->type.rank();
  if (rank < 3 || w->type.rank() != rank)
    return importer.error(Code::T0305, fmt::format("input {} and weights {} are not of the same rank, 3 or more",
                                                   shape_text(x->type.shape), shape_text(w->type.shape)));
  const size_t first = result.channels_last ? 1 : 2;
  const Shape& shape = x->type.shape;
  const Shape spatial(shape.begin() + static_cast<std::ptrdiff_t>(first), shape.end() - (result.channels_last ? 1 : 0));
  std::optional<Attributes> attributes =
      import_window(importer, spatial, Shape(w->type.shape.begin() + 2, w->type.shape.end()));
  if (!attributes) return;
  (*attributes)["groups"] = importer.integer("group", 1);
  Value* last = result.channels_last ? x : importer.make("transpose", {x}, {{"perm", channels_last(rank)}});
  Value* ohwi = importer.make("transpose", {w}, {{"perm", channels_last(rank)}});
  Value* y = result.type ? importer.make_quantized("conv", {last, ohwi, bias}, std::move(*attributes),
                                                   result.type->element, result.type->quant)
                         : importer.make("conv", {last, ohwi, bias}, std::move(*attributes));
  if (y && !result.channels_last) y = importer.make("transpose", {y}, {{"perm", channels_first(rank)}});
  if (y && y->type.quantized()) y = importer.make("quant_cast", {y});
  importer.set_output(0, y);
}

void import_conv(OnnxImporter& importer) {
  emit_conv(importer, importer.input(0), importer.input(1), importer.has_input(2) ? importer.input(2) : nullptr, {});
}

// x, its scale and zero point, w, its scales and zero points, scale and zero point of y, bias.
void import_qlinear_conv(OnnxImporter& importer) {
  Value* x = import_quantized(importer, importer.input(0), 1, 2);
  Value* w = import_quantized(importer, importer.input(3), 4, 5, 0);
  if (!x || !w) return;
  const auto y = import_result_quantization(importer, 6, 7, x->type.element);
  if (!y) return;
  Value* bias = importer.has_input(8) ? importer.input(8) : nullptr;
  emit_conv(importer, x, w, bias, {y, importer.integer("channels_last", 0) != 0});
}

// x, w, and their zero points; the result is the i32 sum.
void import_conv_integer(OnnxImporter& importer) {
  Value* x = import_centred(importer, 0, 2, 0);
  Value* w = import_centred(importer, 1, 3, 0);
  if (x && w) emit_conv(importer, x, w, nullptr, {});
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
         activation_args_attribute(),
         rounding_attribute()}),
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .macs = macs,
    .onnx = {{"", "Conv", 1, kNewest, import_conv},
             {"", "ConvInteger", 10, kNewest, import_conv_integer},
             {"", "QLinearConv", 10, kNewest, import_qlinear_conv},
             {"com.microsoft", "QLinearConv", 1, kNewest, import_qlinear_conv}},
};

}  // namespace tinyc::ir
