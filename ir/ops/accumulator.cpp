// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/accumulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "ir/ops/quantization.h"
#include "ir/tflite.h"

namespace tinyc::ir {

std::vector<int32_t> centred(const Tensor& tensor, const Type& type) {
  const std::vector<int64_t>& zero_points = type.quant->zero_points;
  const bool is_shared =
      std::adjacent_find(zero_points.begin(), zero_points.end(), std::not_equal_to<>()) == zero_points.end();
  std::vector<int32_t> values(static_cast<size_t>(type.elements()));
  if (is_shared && !values.empty()) {
    const int64_t zero_point = type.quant->zero_point();
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<int32_t>(tensor.integer(static_cast<int64_t>(i)) - zero_point);
    return values;
  }
  const std::vector<int64_t> channel = channel_of_elements(type);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<int32_t>(tensor.integer(static_cast<int64_t>(i)) - type.quant->zero_point(channel[i]));
  return values;
}

FixedPoint result_scale(const Op& op, const Type& x, double w_scale) {
  const double scale = x.quant->scale() * w_scale / op.result_type().quant->scale();
  return rounding_of(op) == Rounding::nearest ? to_fixed_point(scale) : tflite::to_fixed_point(scale);
}

Accumulator::Accumulator(const Op& op, const Type& x, const Type& w)
    : type_(op.result_type()), rounding_(rounding_of(op)) {
  if (!type_.quantized()) return;
  bounds_ = clamp_bounds(op, type_);
  for (const double scale : w.quant->scales) scales_.push_back(result_scale(op, x, scale));
}

int64_t Accumulator::result(int64_t sum, int64_t channel) const {
  if (!type_.quantized()) return wrap(sum, type_.element);
  const FixedPoint scale = scales_[scales_.size() == 1 ? 0 : static_cast<size_t>(channel)];
  const int64_t steps = rounding_ == Rounding::nearest
                            ? requantize(sum, scale)
                            : tflite::requantize(static_cast<int32_t>(sum), scale, rounding_);
  return std::clamp(type_.quant->zero_point() + steps, bounds_.low, bounds_.high);
}

namespace {

// Float input with quantised weights.
Status verify_float_with_integers(const Op& op, const Type& w, int w_axis) {
  if (op.result_type().quantized()) return Failure{"a float input has a float result"};
  const Quantization& q = *w.quant;
  if (q.block > 0 && q.axis != w.rank() - 1) return Failure{"blocks of weights lie along their last axis"};
  if (q.block == 0 && !q.per_tensor() && q.axis != w_axis)
    return Failure{fmt::format("weights can be quantised per output channel (axis {}) only", w_axis)};
  return {};
}

}  // namespace

std::vector<double> real_weights(const Tensor& tensor, const Type& type) {
  if (!type.quantized()) return tensor.reals();
  const std::vector<int64_t> channel = channel_of_elements(type);
  std::vector<double> values(channel.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const auto steps = static_cast<float>(tensor.integer(static_cast<int64_t>(i)) - type.quant->zero_point(channel[i]));
    values[i] = static_cast<double>(steps * static_cast<float>(type.quant->scale(channel[i])));
  }
  return values;
}

Status verify_accumulation(const Op& op, const Type& x, const Type& w, int w_axis) {
  if (is_float(x.element) && w.quantized() && (op.is("conv") || op.is("fully_connected")))
    return verify_float_with_integers(op, w, w_axis);
  if (x.quantized() != w.quantized()) return Failure{"input and weights must both be quantised, or neither"};
  const Type& y = op.result_type();
  if (!x.quantized())
    return y.quantized() ? Status(Failure{"the operands must be quantised as the result is"}) : Status();
  if (element_bits(x.element) > 16 || element_bits(w.element) > 16)
    return Failure{"quantised input and weights have at most 16 bits"};
  if (!x.quant->per_tensor() || (y.quantized() && !y.quant->per_tensor()))
    return Failure{"input and result must be quantised per tensor"};
  if (!w.quant->per_tensor() && (w.quant->axis != w_axis || w.quant->block != 0))
    return Failure{fmt::format("weights can be quantised per output channel (axis {}) only", w_axis)};
  if (!y.quantized() && y.element != Element::i32) return Failure{"a result without quantisation must be i32"};
  if (!y.quantized() && op.def->attribute("activation") && op.text("activation") != "none")
    return Failure{"an i32 accumulator cannot have an activation"};
  if (op.operand(2) && op.operand_type(2).element != Element::i32) return Failure{"the bias must be i32"};
  return op.def->attribute("rounding") ? verify_rounding(op) : Status();
}

}  // namespace tinyc::ir
