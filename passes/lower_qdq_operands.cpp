// SPDX-License-Identifier: Apache-2.0
#include "passes/lower_qdq_operands.h"

#include <algorithm>
#include <cmath>

#include "ir/numerics.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Element;
using ir::Op;
using ir::Quantization;
using ir::Tensor;
using ir::Value;

Op* dequantize_of(const Value* value) {
  return value && value->producer && value->producer->is("dequantize") ? value->producer : nullptr;
}

// Exporters compute the bias' scale in float32; up to that rounding it is scale_x * scale_w, and the integers are
// meant.
bool same_units(const Quantization& bias, const std::vector<double>& units) {
  constexpr double kFloatRounding = 1e-6;
  for (size_t o = 0; o < units.size(); ++o) {
    const auto channel = static_cast<int64_t>(o);
    if (bias.zero_point(channel) != 0) return false;
    if (std::fabs(bias.scale(channel) - units[o]) > kFloatRounding * units[o]) return false;
  }
  return true;
}

std::optional<Tensor> bias_integers(const Value* bias, const std::vector<double>& units) {
  const Op* dequantize = dequantize_of(bias);
  const Tensor* integers = dequantize ? ir::constant_data(dequantize->operand(0)) : nullptr;
  if (integers && integers->element() == Element::i32 && same_units(*dequantize->operand_type(0).quant, units))
    return *integers;
  const std::optional<Tensor> reals = known_reals(bias);
  if (!reals) return std::nullopt;
  Tensor rounded(Element::i32, reals->shape());
  for (int64_t o = 0; o < reals->size(); ++o) {
    const double value = ir::round_half_even(reals->real(o) / units[static_cast<size_t>(o)]);
    const bool fits = value >= static_cast<double>(ir::lowest(Element::i32)) &&
                      value <= static_cast<double>(ir::highest(Element::i32));
    if (!fits) return std::nullopt;  // NaN too
    rounded.set_integer(o, static_cast<int64_t>(value));
  }
  return rounded;
}

// Units of the accumulator per output channel.
std::vector<double> accumulator_units(const ir::Type& x, const ir::Type& w, int64_t channels) {
  std::vector<double> units;
  for (int64_t o = 0; o < channels; ++o) units.push_back(x.quant->scale() * w.quant->scale(o));
  return units;
}

// A scale under which every element is an integer in [-127, 127]: the smallest magnitude, if all are multiples of it.
std::optional<double> exact_scale(const Tensor& reals) {
  double smallest = INFINITY;
  for (int64_t i = 0; i < reals.size(); ++i) {
    const double magnitude = std::fabs(reals.real(i));
    if (!std::isfinite(magnitude)) return std::nullopt;
    if (magnitude > 0) smallest = std::min(smallest, magnitude);
  }
  if (smallest == INFINITY) return 1;
  for (int64_t i = 0; i < reals.size(); ++i) {
    const double steps = reals.real(i) / smallest;
    if (steps != std::nearbyint(steps) || std::fabs(steps) > 127) return std::nullopt;
  }
  return smallest;
}

Value* exact_constant(ir::Builder& builder, const Tensor& reals) {
  const std::optional<double> scale = exact_scale(reals);
  if (!scale) return nullptr;
  Tensor integers(Element::i8, reals.shape());
  for (int64_t i = 0; i < reals.size(); ++i) integers.set_integer(i, static_cast<int64_t>(reals.real(i) / *scale));
  return builder.constant(std::move(integers), Quantization{{*scale}, {0}});
}

Value* bias_operand(ir::Builder& builder, const Op& op, const std::vector<Value*>& operands, size_t index) {
  const ir::Type& x = operands[0]->type;
  const ir::Type& w = operands[1]->type;
  if (!x.quantized() || !w.quantized() || !x.quant->per_tensor() || w.quant->axis > 0) return nullptr;
  const std::vector<double> units = accumulator_units(x, w, op.operand_type(index).elements());
  std::optional<Tensor> integers = bias_integers(op.operand(index), units);
  return integers ? builder.constant(std::move(*integers)) : nullptr;
}

// Operands that the integer form takes as float constants, for the compiler to fold.
bool is_recurrent(const Op& op) { return op.is("rnn") || op.is("gru") || op.is("lstm"); }

bool keeps_reals(const Op& op, size_t index) {
  return (op.is("layer_norm") && index > 0) || (is_recurrent(op) && index == 3);
}

// Initial states of zeros are those of an operator without any.
bool is_zero_state(const Op& op, size_t index) {
  if (!is_recurrent(op) || index < 4) return false;
  const std::optional<Tensor> reals = known_reals(op.operand(index));
  return reals && uniform_value(*reals) == 0.0;
}

// Kernels of recurrent layers want a bias.
Value* absent_operand(ir::Builder& builder, const Op& op, size_t index) {
  if (!is_recurrent(op) || index != 3) return nullptr;
  const ir::Shape& w = op.operand_type(1).shape;
  return builder.constant(Tensor(Element::f32, {w[0], 2 * w[1]}));
}

Value* real_operand(ir::Builder& builder, Value* operand) {
  if (float_constant(operand)) return operand;
  std::optional<Tensor> reals = known_reals(operand);
  return reals ? builder.constant(std::move(*reals)) : nullptr;
}

}  // namespace

std::optional<std::vector<Value*>> integer_operands(ir::Graph& graph, Op* op, std::vector<Op*>& made) {
  ir::Builder builder(graph, op);
  std::vector<Value*> operands;
  bool any = false;
  for (size_t i = 0; i < op->operands.size(); ++i) {
    Value* operand = is_zero_state(*op, i) ? nullptr : op->operands[i];
    if (!operand) {
      operands.push_back(absent_operand(builder, *op, i));
      if (operands.back()) made.push_back(operands.back()->producer);
      continue;
    }
    if (!ir::is_float(operand->type.element)) {
      operands.push_back(operand);
      continue;
    }
    const bool is_bias = i == 2 && op->def->operands.size() > 2 && op->def->operands[2].name == "bias";
    Value* integers = nullptr;
    if (keeps_reals(*op, i)) {
      integers = real_operand(builder, operand);
    } else if (is_bias) {
      integers = bias_operand(builder, *op, operands, i);
    } else if (Op* dequantize = dequantize_of(operand)) {
      integers = dequantize->operand(0);
      any = true;
    } else if (const Tensor* reals = op->def->binary ? float_constant(operand) : nullptr) {
      integers = exact_constant(builder, *reals);
    }
    if (!integers) return std::nullopt;
    if (integers->producer && integers->users.empty()) made.push_back(integers->producer);
    operands.push_back(integers);
  }
  if (!any) return std::nullopt;
  return operands;
}

std::optional<std::vector<ir::Type>> integer_results(const ir::Graph& graph, const ir::Op& op) {
  const auto is_quantize = [](const Op* user) { return user->is("quantize"); };
  std::vector<ir::Type> types;
  for (const Value* result : op.results) {
    const auto first = std::find_if(result->users.begin(), result->users.end(), is_quantize);
    const bool wanted = !result->users.empty() || graph.is_output(result);
    if (wanted && first == result->users.end()) return std::nullopt;
    types.push_back(wanted ? (*first)->result_type()
                           : ir::Type{Element::i8, result->type.shape, Quantization{{1.0 / 128}, {0}}});
    if (op.results.size() == 1) break;
    for (const Op* user : result->users) {
      if (!is_quantize(user) || user->result_type() != types.back()) return std::nullopt;
    }
    if (graph.is_output(result)) return std::nullopt;
  }
  return types;
}

bool scales_fit(const ir::Op& op, const std::vector<ir::Type>& operands, const ir::Type& result) {
  const auto extremes = [](const ir::Type& type) {
    const auto [low, high] = std::minmax_element(type.quant->scales.begin(), type.quant->scales.end());
    return std::pair{*low, *high};
  };
  const double unit = extremes(result).first;
  double product = 1;
  std::vector<double> ratios;
  for (const ir::Type& operand : operands) {
    const auto [low, high] = extremes(operand);
    product *= high;
    ratios.insert(ratios.end(), {high / unit, product / unit});
    if (op.is("div")) ratios.push_back(extremes(operands[0]).second / low / unit);
  }
  if (op.is("softmax")) ratios.push_back(1 / unit);
  return std::all_of(ratios.begin(), ratios.end(), [](double ratio) { return ratio < ir::kLargestScale; });
}

}  // namespace tinyc
