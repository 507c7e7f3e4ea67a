// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "ir/numerics.h"
#include "ir/op_def.h"
#include "ir/ops/common.h"

namespace tinyc {

namespace {
template <class T>
PackedConstant pack(std::string name, std::string comment, ir::Element element, const std::vector<T>& values) {
  return {std::move(name), std::move(comment), element, bytes_of(values)};
}
}  // namespace

PackedConstant packed(std::string name, std::string comment, const std::vector<int8_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::i8, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<uint8_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::u8, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<int16_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::i16, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<uint16_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::u16, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<int32_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::i32, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<uint32_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::u32, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<int64_t>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::i64, values);
}
PackedConstant packed(std::string name, std::string comment, const std::vector<float>& values) {
  return pack(std::move(name), std::move(comment), ir::Element::f32, values);
}
PackedConstant packed(std::string name, std::string comment, const ir::Tensor& tensor) {
  return {std::move(name), std::move(comment), tensor.element(), {tensor.data(), tensor.data() + tensor.bytes()}};
}

std::vector<int32_t> centred_weights(const ir::Op& op) {
  return ir::centred(*ir::constant_data(op.operand(1)), op.operand_type(1));
}

Requantization requantization_of(const ir::Op& op) {
  const ir::Type& x = op.operand_type(0);
  const ir::Type& w = op.operand_type(1);
  const ir::Type& y = op.result_type();
  const ir::Tensor* bias = ir::constant_data(op.operand(2));
  const std::vector<int32_t> weights = centred_weights(op);
  const int64_t channels = w.shape[0];
  const int64_t per_channel = channels ? w.elements() / channels : 0;
  const int64_t zero = x.quant->zero_point();
  const int64_t reach = std::max(ir::highest(x.element) - zero, zero - ir::lowest(x.element));
  Requantization result;
  bool ties = false;
  for (int64_t o = 0; o < channels; ++o) {
    int64_t sum = 0;
    int64_t magnitude = 0;
    for (int64_t k = 0; k < per_channel; ++k) {
      const int64_t weight = weights[static_cast<size_t>(o * per_channel + k)];
      sum += weight;
      magnitude += std::abs(weight);
    }
    const int64_t start = bias ? bias->integer(o) : 0;
    const int64_t folded = start - zero * sum;
    // The kernel adds x * w with x as stored, so partial sums are bounded by |x| <= 255 and by the folded bias.
    const int64_t stored = std::max(std::abs(ir::highest(x.element)), std::abs(ir::lowest(x.element)));
    result.largest =
        std::max({result.largest, std::abs(start) + reach * magnitude, std::abs(folded) + stored * magnitude});
    result.bias.push_back(static_cast<int32_t>(
        std::clamp<int64_t>(folded, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max())));
    if (!y.quantized()) continue;
    const ir::FixedPoint scale = ir::result_scale(op, x, w.quant->scale(o));
    result.multiplier.push_back(scale.multiplier);
    result.shift.push_back(scale.shift);
    ties |= ir::tie_possible(scale, std::abs(start) + reach * magnitude);
  }
  result.rounding = rounding_argument(op, ties);
  return result;
}

int rounding_argument(const ir::Op& op, bool ties) {
  switch (ir::rounding_of(op)) {
    case ir::Rounding::tflite:
      return 2;
    case ir::Rounding::tflite_single:
      return 0;
    default:
      return ties ? 1 : 0;
  }
}

std::optional<std::string> why_not(const KernelDef& kernel, const ir::Op& op) {
  if (ir::rounding_of(op) != ir::Rounding::nearest && !kernel.tflite_rounding) return "rounds to nearest only";
  return kernel.why_not(op);
}

int code_bytes(const KernelDef& kernel, const ir::Op& op, const Variant& variant) {
  if (kernel.layer_code_bytes) return kernel.layer_code_bytes(op, variant);
  // Half of a convolution's loops and edges go where its image is one row or one column.
  if (!op.is("conv")) return kernel.mean_code_bytes;
  const ir::Shape& x = op.operand(0)->type.shape;
  const bool is_line = x.size() == 4 && (x[1] == 1) != (x[2] == 1);
  return is_line ? kernel.mean_code_bytes / 2 : kernel.mean_code_bytes;
}

int shared_code_bytes(const KernelDef& kernel, const Variant& variant) {
  return kernel.shared_code_bytes ? kernel.shared_code_bytes(variant) : 0;
}

std::optional<std::string> need_constant(const ir::Op& op, size_t operand, std::string_view what) {
  if (!op.operand(operand) || ir::constant_data(op.operand(operand))) return std::nullopt;
  return fmt::format("needs {} known at compile time", what);
}

std::optional<std::string> need_8bit(const ir::Type& type, std::string_view what) {
  if (type.quantized() && type.quant->per_tensor() &&
      (type.element == ir::Element::i8 || type.element == ir::Element::u8)) {
    return std::nullopt;
  }
  return fmt::format("needs {} in 8 bits, quantised per tensor", what);
}

bool fits_requantize(ir::FixedPoint scale, int64_t bound) {
  return scale.shift >= 1 && ((static_cast<__int128>(bound) * scale.multiplier) >> scale.shift) < (1 << 30);
}

std::optional<int32_t> lowest_nibble(const ir::Op& op) {
  const std::vector<int32_t> weights = centred_weights(op);
  const auto [least, most] = std::minmax_element(weights.begin(), weights.end());
  if (weights.empty() || (*least >= -8 && *most < 8)) return -8;
  if (*most - *least > 15) return std::nullopt;
  return *least;
}

namespace {

bool packs_4_bits(const ir::Op& op) {
  return op.operand_type(1).quantized() && ir::element_bits(op.operand_type(1).element) == 4 && lowest_nibble(op);
}

std::optional<std::string> need_weight_bits(const ir::Op& op, int bits) {
  if (bits == 4) {
    if (lowest_nibble(op)) return std::nullopt;
    return "needs weights that span at most 16 values after their zero points are taken off";
  }
  const int32_t limit = 1 << (bits - 1);
  const std::vector<int32_t> weights = centred_weights(op);
  const auto fits = [&](int32_t weight) { return weight >= -limit && weight < limit; };
  if (std::all_of(weights.begin(), weights.end(), fits)) return std::nullopt;
  return fmt::format("needs weights that fit {} bits after their zero point is taken off", bits);
}

}  // namespace

std::optional<std::string> need_integer_layer(const ir::Op& op, int weight_bits, ir::Element input) {
  if (input == ir::Element::i16) {
    if (op.operand_type(0).element != input || !op.operand_type(0).quant->per_tensor())
      return "needs its input in int16";
  } else if (auto reason = need_8bit(op.operand_type(0), "its input")) {
    return reason;
  }
  if (auto reason = need_constant(op, 1, "weights")) return reason;
  if (auto reason = need_constant(op, 2, "the bias")) return reason;
  const ir::Type& w = op.operand_type(1);
  if (!w.quantized()) return "needs quantised weights";
  if (weight_bits > 4 && input != ir::Element::i16 && op.result_type().quantized() && packs_4_bits(op))
    return "keeps 4-bit weights packed";
  if (auto reason = need_weight_bits(op, weight_bits)) return reason;
  const int64_t largest = requantization_of(op).largest;
  if (largest > std::numeric_limits<int32_t>::max()) return "needs accumulators that provably fit 32 bits";
  if (!op.result_type().quantized()) return std::nullopt;
  for (const double scale : w.quant->scales) {
    const double ratio = op.operand_type(0).quant->scale() * scale / op.result_type().quant->scale();
    if (!fits_requantize(ir::to_fixed_point(ratio), largest)) return "needs a larger output scale";
  }
  return std::nullopt;
}

std::optional<std::string> need_float32(const ir::Op& op) {
  for (const ir::Value* operand : op.operands) {
    if (operand && operand->type.element != ir::Element::f32) return "needs float32 operands";
  }
  return std::nullopt;
}

std::optional<std::string> need_float_layer(const ir::Op& op) {
  if (auto reason = need_float32(op)) return reason;
  if (auto reason = need_constant(op, 1, "weights")) return reason;
  return need_constant(op, 2, "the bias");
}

std::optional<std::string> need_quantized_weights(const ir::Op& op, int weight_bits) {
  if (op.operand_type(0).element != ir::Element::f32) return "needs a float32 input";
  if (!op.operand_type(1).quantized()) return "needs quantised weights";
  if (auto reason = need_constant(op, 1, "weights")) return reason;
  if (auto reason = need_constant(op, 2, "the bias")) return reason;
  if (op.is("conv") && op.operand_type(1).quant->block != 0) return "needs a scale per output channel";
  if (weight_bits > 4 && op.is("fully_connected") && packs_4_bits(op)) return "keeps 4-bit weights packed";
  return need_weight_bits(op, weight_bits);
}

std::vector<float> weight_scales(const ir::Op& op) {
  const ir::Quantization& quant = *op.operand_type(1).quant;
  std::vector<float> scales;
  for (const double scale : quant.scales) scales.push_back(static_cast<float>(scale));
  if (quant.per_tensor()) scales.assign(static_cast<size_t>(op.operand_type(1).shape[0]), scales[0]);
  return scales;
}

Form form_of(const ir::Type& type) {
  Form form;
  form.element = type.element;
  return form;
}

InputWindow rows_of_window(const ir::Window& window) {
  return {
      .num = window.stride, .den = 1, .offset = -window.pad_begin, .size = (window.kernel - 1) * window.dilation + 1};
}

std::vector<const ir::Value*> buffer_operands(const ir::Op& op) {
  std::vector<const ir::Value*> values;
  for (const ir::Value* operand : op.operands) {
    if (operand && !ir::constant_data(operand)) values.push_back(operand);
  }
  return values;
}

const ir::Value* view_root(const ir::Value* value) {
  while (value->producer && value->producer->def->traits.view) value = value->producer->operand(0);
  return value;
}

int64_t flattened_rows(const ir::Op& op) {
  const int64_t rows = row_count(op.operand_type(0));
  return rows > 1 ? rows : row_count(view_root(op.operand(0))->type);
}

Needs row_by_row(const ir::Op& op, WriteFront front) {
  Needs needs;
  const int64_t rows = row_count(op.result_type());
  for (const ir::Value* value : buffer_operands(op)) {
    InputWindow window;
    if (row_count(value->type) != rows) window.all = true;  // broadcast along the row axis, or rows do not correspond
    needs.inputs.push_back({form_of(value->type), window});
  }
  for (const ir::Value* result : op.results) needs.outputs.push_back(form_of(result->type));
  needs.front = front;
  return needs;
}

Needs whole(const ir::Op& op) {
  Needs needs = row_by_row(op, WriteFront::never);
  for (InputNeeds& input : needs.inputs) input.window.all = true;
  needs.granule = 0;
  return needs;
}

int64_t row_elements(const ir::Type& type) { return type.elements() / std::max<int64_t>(1, row_count(type)); }

LastAxes last_axes(const ir::Op& op, int64_t axis) {
  const ir::Type& x = op.operand_type(0);
  const int64_t count = ir::element_count(ir::Shape(x.shape.begin() + axis, x.shape.end()));
  const bool whole_tensor = row_count(x) != 1 && axis < 2;
  return {(whole_tensor ? x.elements() : row_elements(x)) / std::max<int64_t>(1, count), count, whole_tensor};
}

int64_t lines_per_row(const ir::Op& op) {
  const int64_t outputs = op.operand_type(1).shape[0];
  return op.result_type().elements() / std::max<int64_t>(1, outputs * row_count(op.result_type()));
}

Needs axis_needs(const ir::Op& op, WriteFront front) {
  return axis_in_row(op, op.integer("axis")).whole ? whole(op) : row_by_row(op, front);
}

AxisInRow axis_in_row(const ir::Op& op, int64_t axis) {
  const ir::Type& x = op.operand_type(0);
  const bool many = row_count(x) != 1;
  const bool whole_tensor = (many && axis < 2) || row_count(x) != row_count(op.result_type());
  const auto middle = x.shape.begin() + axis;
  const auto first = x.shape.begin() + (many && !whole_tensor ? 2 : 0);
  const int64_t inner = ir::element_count(ir::Shape(middle + 1, x.shape.end()));
  return {ir::element_count(ir::Shape(first, middle)), *middle, inner, whole_tensor};
}

std::optional<std::string> need_2d(const ir::Op& op) {
  const int rank = op.operand_type(0).rank();
  if (rank == 3 || rank == 4) return std::nullopt;
  return fmt::format("needs one or two spatial axes, has {}", rank - 2);
}

Image2d image_2d(const ir::Op& op, const ir::Shape& kernel) {
  const ir::Shape& x = op.operand_type(0).shape;
  const ir::Shape& y = op.result_type().shape;
  const std::vector<ir::Window> windows = ir::windows_of(op, ir::Shape(x.begin() + 1, x.end() - 1), kernel).take();
  const ir::Window single{1, 1, 1, 1, 1, 0, 0};
  const bool one_axis = windows.size() == 1;
  return {x[1],       one_axis ? 1 : x[2],           x.back(), y[1], one_axis ? 1 : y[2], y.back(),
          windows[0], one_axis ? single : windows[1]};
}

Clamp clamp_of(const ir::Op& op) {
  const ir::ClampBounds bounds = ir::clamp_bounds(op, op.result_type());
  return {bounds.low, bounds.high};
}

bool is_unsigned_8(const ir::Type& type) { return type.element == ir::Element::u8; }

}  // namespace tinyc
