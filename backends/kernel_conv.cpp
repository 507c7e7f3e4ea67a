// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_conv.h"

#include "ir/op_def.h"

namespace tinyc {

Image2d conv_image(const ir::Op& op) {
  const ir::Shape& w = op.operand_type(1).shape;
  return image_2d(op, ir::Shape(w.begin() + 1, w.end() - 1));
}

Needs conv_needs(const ir::Op& op) {
  Needs needs = row_by_row(op, WriteFront::row);
  needs.inputs[0].window = rows_of_window(conv_image(op).h);
  return needs;
}

Needs pool_needs(const ir::Op& op) {
  Needs needs = row_by_row(op, WriteFront::row);
  needs.inputs[0].window = rows_of_window(image_2d(op, op.integers("kernel")).h);
  return needs;
}

bool is_depthwise(const ir::Op& op) { return op.operand_type(1).shape.back() == 1 && op.integer("groups") > 1; }

std::optional<std::string> need_depthwise(const ir::Op& op) {
  if (is_depthwise(op) && op.operand_type(1).shape[0] == op.integer("groups")) return std::nullopt;
  return "needs one input and one output channel per group";
}

bool is_padded(const Image2d& image) {
  return image.h.pad_begin > 0 || image.h.pad_end > 0 || image.w.pad_begin > 0 || image.w.pad_end > 0;
}

int64_t window_strips_bytes(const Image2d& image) {
  const int64_t strip = (image.w.kernel + image.w.stride) * image.in_c;
  return is_padded(image) ? ((image.h.kernel + 1) * strip + 3) / 4 * 4 : 4;
}

std::vector<GeometryField> window_geometry(const Image2d& image) {
  return {{"in_h", image.in_h},
          {"in_w", image.in_w},
          {"in_c", image.in_c},
          {"out_w", image.out_w},
          {"out_c", image.out_c},
          {"kernel_h", image.h.kernel},
          {"kernel_w", image.w.kernel},
          {"stride_h", image.h.stride},
          {"stride_w", image.w.stride},
          {"dilation_h", image.h.dilation},
          {"dilation_w", image.w.dilation},
          {"pad_h", image.h.pad_begin},
          {"pad_w", image.w.pad_begin}};
}

std::vector<int8_t> padded_lines(const std::vector<int32_t>& weights, int64_t outputs) {
  const size_t taps = outputs ? weights.size() / static_cast<size_t>(outputs) : 0;
  const size_t line = (taps + 3) / 4 * 4;
  std::vector<int8_t> padded(static_cast<size_t>(outputs) * line, 0);
  for (size_t i = 0; i < weights.size(); ++i) padded[i / taps * line + i % taps] = static_cast<int8_t>(weights[i]);
  return padded;
}

std::vector<uint8_t> nibbles(const std::vector<int8_t>& values, int32_t lowest) {
  std::vector<uint8_t> packed((values.size() + 1) / 2, 0);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto bits = static_cast<uint8_t>(static_cast<uint32_t>(values[i] - lowest) & 15U);
    packed[i / 2] = static_cast<uint8_t>(packed[i / 2] | (i % 2 == 0 ? bits : bits << 4U));
  }
  return packed;
}

void add_requantization(Built& built, const ir::Op& op) {
  const Requantization requantization = requantization_of(op);
  const Clamp clamp = clamp_of(op);
  const std::vector<GeometryField> fields = {{"in_zero", op.operand_type(0).quant->zero_point()},
                                             {"out_zero", op.result_type().quant->zero_point()},
                                             {"low", clamp.low},
                                             {"high", clamp.high},
                                             {"in_unsigned", is_unsigned_8(op.operand_type(0))},
                                             {"rounding", requantization.rounding}};
  built.geometry.insert(built.geometry.end(), fields.begin(), fields.end());
  built.constants = {packed("bias", "with the input's zero point folded in", requantization.bias),
                     packed("multiplier", "per output channel", requantization.multiplier),
                     packed("shift", "per output channel", requantization.shift)};
}

std::vector<float> float_operand(const ir::Op& op, size_t index, int64_t count) {
  const ir::Tensor* data = ir::constant_data(op.operand(index));
  std::vector<float> values(static_cast<size_t>(count), 0.0F);
  for (int64_t i = 0; data && i < count; ++i) values[static_cast<size_t>(i)] = static_cast<float>(data->real(i));
  return values;
}

double conv_mac_overhead(const ir::Op& op, const CoreTiming& timing) {
  const ir::Shape& w = op.operand_type(1).shape;
  const int64_t groups = op.integer("groups");
  const double lanes = w[0] / groups >= 4 ? 4 : 1;
  const bool joined = groups == 1 && w.size() == 4;
  const auto run = static_cast<double>(w.back() * (joined ? w[2] : 1));
  // Four sums, two values, three pointers, a count and its end.
  const double spilled = std::max(0.0, 11 - timing.registers) * (timing.load + timing.store) / lanes;
  const double signed_extra = std::max(0.0, timing.load_signed - timing.load);
  return timing.load / lanes + timing.load_next + signed_extra + spilled + timing.alu + 12 * timing.alu / (lanes * run);
}

double layer_cycles(const ir::Op& op, double per_mac, double per_result) {
  return static_cast<double>(op.def->macs(op)) * per_mac +
         static_cast<double>(op.result_type().elements()) * per_result;
}

}  // namespace tinyc
