// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ir/ops/common.h"
#include "ir/ops/quantization.h"
#include "ir/ops/window.h"
#include "ir/tflite.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Shape& x = op.operand_type(0).shape;
  if (x.size() < 3) return Failure{"needs an input of rank 3 or more"};
  Result<std::vector<Window>> windows = windows_of(op, Shape(x.begin() + 1, x.end() - 1), op.integers("kernel"));
  if (!windows) return windows.failure();
  Type& y = op.results[0]->type;
  copy_element_type(op, 0, y);
  y.shape = {x[0]};
  for (const Window& window : *windows) y.shape.push_back(window.out);
  y.shape.push_back(x.back());
  return {};
}

// Elements that a window averages over along one axis: all taps inside the input or, with count_include_pad, inside the
// padded input (a window may reach past the end padding in ceil mode).
int64_t counted(const Window& window, int64_t out, bool include_pad) {
  int64_t count = 0;
  for (int64_t k = 0; k < window.kernel; ++k) {
    const int64_t at = out * window.stride - window.pad_begin + k * window.dilation;
    const bool inside = include_pad ? at < window.in + window.pad_end : at >= 0 && at < window.in;
    count += inside ? 1 : 0;
  }
  return count;
}

// From the sum of x - zero_x over so many taps inside the input to the element that is stored.
int64_t finished(const Op& op, int64_t total, int64_t taps, int64_t count) {
  const Quantization& in = *op.operand_type(0).quant;
  const Type& out = op.result_type();
  if (rounding_of(op) != Rounding::nearest) return tflite::average(total + taps * in.zero_point(), count);
  const FixedPoint scale = to_fixed_point(in.scale() / (out.quant->scale() * static_cast<double>(count)));
  return saturate(out.quant->zero_point() + requantize(total, scale), out.element);
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  const std::vector<Window> windows =
      windows_of(op, Shape(in.shape.begin() + 1, in.shape.end() - 1), op.integers("kernel")).take();
  const Shape strides = strides_of(in.shape);
  const Shape kernel = op.integers("kernel");
  for_each_index(out.shape, [&, index = int64_t{0}](const Shape& at) mutable {
    double sum = 0;
    int64_t total = 0;
    int64_t taps = 0;  // inside the input
    int64_t count = 1;
    for (size_t d = 0; d < windows.size(); ++d) count *= counted(windows[d], at[d + 1], op.flag("count_include_pad"));
    for_each_index(kernel, [&](const Shape& tap) {
      int64_t offset = at[0] * strides[0] + at.back();
      for (size_t d = 0; d < windows.size(); ++d) {
        const int64_t position = at[d + 1] * windows[d].stride - windows[d].pad_begin + tap[d] * windows[d].dilation;
        if (position < 0 || position >= windows[d].in) return;
        offset += position * strides[d + 1];
      }
      if (in.quantized()) {
        total += operands[0]->integer(offset) - in.quant->zero_point();
        ++taps;
      } else {
        sum += operands[0]->real(offset);
      }
    });
    count = std::max<int64_t>(count, 1);  // a window that lies in the padding altogether gives 0
    if (in.quantized()) {
      results[0].set_integer(index++, finished(op, total, taps, count));
    } else {
      results[0].set_real(index++, sum / static_cast<double>(count));
    }
  });
}

// Spatial extent of x as ONNX has it, channels first or, in some com.microsoft operators, last.
std::optional<Shape> spatial_of(OnnxImporter& importer, const Value* x, bool last) {
  const Shape& shape = x->type.shape;
  if (shape.size() >= 3)
    return last ? Shape(shape.begin() + 1, shape.end() - 1) : Shape(shape.begin() + 2, shape.end());
  importer.error(Code::T0305, "needs an input of rank 3 or more");
  return std::nullopt;
}

void pool(OnnxImporter& importer, Value* x, Attributes attributes, bool last, const QuantizedType* result) {
  const int rank = x->type.rank();
  if (!last) x = importer.make("transpose", {x}, {{"perm", channels_last(rank)}});
  Value* y = result
                 ? importer.make_quantized("average_pool", {x}, std::move(attributes), result->element, result->quant)
                 : importer.make("average_pool", {x}, std::move(attributes));
  if (y && !last) y = importer.make("transpose", {y}, {{"perm", channels_first(rank)}});
  if (y && result) y = importer.make("quant_cast", {y});
  importer.set_output(0, y);
}

// Where ceil_mode lets the last window reach beyond the padding, that part never counts, but the padding itself may:
// then the padding becomes a `pad`, and what remains of it is the part that does not count.
Value* with_counted_padding(OnnxImporter& importer, Value* x, bool last, Attributes& attributes) {
  const size_t axes = x->type.shape.size() - 2;
  const std::vector<int64_t> own = importer.integers("pads", std::vector<int64_t>(2 * axes, 0));
  auto& pads = std::get<std::vector<int64_t>>(attributes["pads"]);
  if (importer.integer("ceil_mode", 0) == 0 || importer.text("auto_pad", "NOTSET") != "NOTSET" || pads == own) return x;
  std::vector<int64_t> all(2 * x->type.shape.size(), 0);
  for (size_t i = 0; i < 2 * axes; ++i) {
    all[i + (last ? 1 : 2) + (i < axes ? 0 : 2)] = own[i];
    pads[i] -= own[i];
  }
  attributes["count_include_pad"] = false;
  const Attributes padding = {{"pads", all}};
  return x->type.quantized() ? importer.make_quantized("pad", {x}, padding, x->type.element, *x->type.quant)
                             : importer.make("pad", {x}, padding);
}

void windowed(OnnxImporter& importer, Value* x, bool last, const QuantizedType* result) {
  const auto spatial = spatial_of(importer, x, last);
  if (!spatial) return;
  const std::vector<int64_t> kernel = importer.integers("kernel_shape");
  auto attributes = import_window(importer, *spatial, kernel);
  if (!attributes) return;
  (*attributes)["kernel"] = kernel;
  const bool include_pad = importer.integer("count_include_pad", 0) != 0;
  (*attributes)["count_include_pad"] = include_pad;
  if (include_pad) x = with_counted_padding(importer, x, last, *attributes);
  if (x) pool(importer, x, std::move(*attributes), last, result);
}

void import_average_pool(OnnxImporter& importer) {
  if (Value* x = importer.input(0)) windowed(importer, x, false, nullptr);
}

void import_global_average_pool(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  if (const auto spatial = spatial_of(importer, x, false)) pool(importer, x, {{"kernel", *spatial}}, false, nullptr);
}

// com.microsoft: x, its scale and zero point, scale and zero point of y.
void import_qlinear_average_pool(OnnxImporter& importer) {
  Value* x = import_quantized(importer, importer.input(0), 1, 2);
  if (!x) return;
  const auto result = import_result_quantization(importer, 3, 4, x->type.element);
  if (result) windowed(importer, x, importer.integer("channels_last", 0) != 0, &*result);
}

void import_qlinear_global_average_pool(OnnxImporter& importer) {
  Value* x = import_quantized(importer, importer.input(0), 1, 2);
  if (!x) return;
  const bool last = importer.integer("channels_last", 0) != 0;
  const auto spatial = spatial_of(importer, x, last);
  const auto result = import_result_quantization(importer, 3, 4, x->type.element);
  if (spatial && result) pool(importer, x, {{"kernel", *spatial}}, last, &*result);
}

Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (x.quantized() != y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (x.quantized() && !(x.quant->per_tensor() && y.quant->per_tensor()))
    return Failure{"operand and result must be quantised per tensor"};
  return verify_rounding(op);
}

}  // namespace

extern const OpDef average_pool_op = {
    .name = "average_pool",
    .summary = "Mean over sliding windows.",
    .doc =
        "x [N, spatial..., C], y [N, spatial..., C]. Quantised: sum of (x - zero_x) times scale_x / (scale_y * count), "
        "one rounding, half to even.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = window_attributes(
        {{"kernel", AttributeKind::integers, std::nullopt, "window per spatial axis"},
         {"count_include_pad", AttributeKind::flag, Attribute{false}, "padding counts in the divisor"},
         rounding_attribute()}),
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "AveragePool", 1, kNewest, import_average_pool},
             {"", "GlobalAveragePool", 1, kNewest, import_global_average_pool},
             {"com.microsoft", "QLinearAveragePool", 1, kNewest, import_qlinear_average_pool},
             {"com.microsoft", "QLinearGlobalAveragePool", 1, kNewest, import_qlinear_global_average_pool}},
};

}  // namespace tinyc::ir
