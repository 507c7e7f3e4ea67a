// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/ops/layer_norm.h"
#include "ir/ops/normalize.h"
#include "ir/ops/reduce.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  const Shape rest(x.shape.begin() + axis, x.shape.end());
  for (size_t i = 1; i <= 2; ++i) {
    if (!op.operand(i)) continue;
    Result<Shape> shape = broadcast(op.operand_type(i).shape, rest);
    if (!shape || *shape != rest)
      return Failure{fmt::format("scale or bias {} does not broadcast to {}", shape_text(op.operand_type(i).shape),
                                 shape_text(rest))};
  }
  op.results[0]->type.shape = x.shape;
  op.results[0]->type.element = x.element;
  return {};
}

void normalize_reals(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const Shape rest(x.shape().begin() + op.integer("axis"), x.shape().end());
  const int64_t count = element_count(rest);
  if (x.size() == 0) return;
  std::vector<int64_t> offsets[3];
  for (size_t k = 1; k <= 2; ++k) {
    if (operands[k]) offsets[k] = broadcast_offsets(operands[k]->shape(), rest);
  }
  for (int64_t base = 0; base < x.size(); base += count) {
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) sum += x.real(base + i);
    const double mean = sum / static_cast<double>(count);
    double squares = 0;
    for (int64_t i = 0; i < count; ++i) squares += (x.real(base + i) - mean) * (x.real(base + i) - mean);
    const double factor = 1 / std::sqrt(squares / static_cast<double>(count) + op.real("epsilon"));
    for (int64_t i = 0; i < count; ++i) {
      double value = (x.real(base + i) - mean) * factor;
      if (operands[1]) value *= operands[1]->real(offsets[1][static_cast<size_t>(i)]);
      if (operands[2]) value += operands[2]->real(offsets[2][static_cast<size_t>(i)]);
      results[0].set_real(base + i, value);
    }
  }
}

// floor(sqrt(value)).
int64_t integer_root(__int128 value) {
  int64_t root = 0;
  for (int64_t bit = int64_t{1} << 32; bit > 0; bit /= 2) {
    if (static_cast<__int128>(root + bit) * (root + bit) <= value) root += bit;
  }
  return root;
}

// root * 2^-(46 + half) is 1 / sqrt(value); value > 0.
struct InverseRoot {
  int64_t root;
  int half;
};
InverseRoot inverse_root(int64_t value) {
  int half = -15;
  while (static_cast<__int128>(value) >= static_cast<__int128>(1) << (32 + 2 * half)) ++half;
  const int64_t leading = half < 0 ? value << (-2 * half) : value >> (2 * half);  // 2^30 to 2^32
  return {((int64_t{1} << 62) - 1) / integer_root(static_cast<__int128>(leading) << 32), half};
}

// One line; docs/numerics.md "layer_norm".
void normalize_integers(std::span<const int64_t> x, std::span<int64_t> y, const LayerNormSteps& steps,
                        const Type& out) {
  const auto count = static_cast<int64_t>(x.size());
  int64_t sum = 0;
  int64_t squares = 0;
  for (const int64_t value : x) {
    sum += value;
    squares += value * value;
  }
  const int64_t spread = (count * squares - sum * sum) * 256 + steps.epsilon;
  const InverseRoot inverse = spread > 0 ? inverse_root(spread) : InverseRoot{0, 0};
  const int shift = 26 + inverse.half;
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t distance = count * x[i] - sum;
    const int64_t normal = (distance * inverse.root + (int64_t{1} << (shift - 1))) >> shift;  // units of 2^-16
    const int64_t value = normal * steps.scale[i] + static_cast<int64_t>(steps.bias[i]) * 65536;
    const int64_t half = int64_t{1} << (15 + steps.bits);
    y[i] = saturate(out.quant->zero_point() + ((value + half) >> (16 + steps.bits)), out.element);
  }
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  if (!in.quantized()) return normalize_reals(op, operands, results);
  const Tensor& x = *operands[0];
  if (x.size() == 0) return;
  const LayerNormSteps steps = *layer_norm_steps(op);
  const size_t count = steps.scale.size();
  std::vector<int64_t> values = x.integers();
  for (int64_t& value : values) value -= in.quant->zero_point();
  std::vector<int64_t> line(count);
  for (size_t base = 0; base < values.size(); base += count) {
    normalize_integers(std::span(values).subspan(base, count), line, steps, op.result_type());
    for (size_t i = 0; i < count; ++i) results[0].set_integer(static_cast<int64_t>(base + i), line[i]);
  }
}

bool constant_or_absent(const Value* value) { return !value || constant_data(value); }

Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (x.quantized() != y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (!x.quantized()) return {};
  if (!(x.quant->per_tensor() && y.quant->per_tensor()))
    return Failure{"operand and result must be quantised per tensor"};
  if (element_bits(x.element) > 8 || element_bits(y.element) > 8) return Failure{"has an integer form for 8 bits only"};
  if (!constant_or_absent(op.operand(1)) || !constant_or_absent(op.operand(2)))
    return Failure{"has an integer form with constant scale and bias only"};
  if (!layer_norm_steps(op)) return Failure{"its line, epsilon, scale or bias is too large for its integer form"};
  return {};
}

// Mean and 1 / standard deviation, the optional results of LayerNormalization.
void emit_statistics(OnnxImporter& importer, Value* x, int axis, double epsilon) {
  Reduction reduction{{}, x->type.shape};
  for (int d = axis; d < x->type.rank(); ++d) {
    reduction.axes.push_back(d);
    reduction.shape[static_cast<size_t>(d)] = 1;
  }
  if (x->type.element != Element::f32) x = importer.make("cast", {x}, {{"to", Element::f32}});
  if (!x) return;
  Value* mean = make_reduced(importer, "reduce_mean", x, reduction);
  importer.set_output(1, mean);
  if (!importer.wants_output(2)) return;
  Value* distance = importer.make("sub", {x, mean});
  Value* squares = importer.make("mul", {distance, distance});
  if (!squares) return;
  Value* variance = make_reduced(importer, "reduce_mean", squares, reduction);
  Value* deviation = importer.make("sqrt", {importer.make("add", {variance, importer.builder().scalar(epsilon)})});
  importer.set_output(2, importer.make("reciprocal", {deviation}));
}

void import_layer_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* scale = importer.input(1);
  if (!x || !scale) return;
  const auto axis = importer.axis(importer.integer("axis", -1), x->type.rank());
  if (!axis) return;
  const double epsilon = importer.real("epsilon", static_cast<double>(1e-5F));
  Value* bias = importer.has_input(2) ? importer.input(2) : nullptr;
  const bool known = importer.constant(1) && (!bias || importer.constant(2));
  Value* y = importer.make("layer_norm", {x, known ? scale : nullptr, known ? bias : nullptr},
                           {{"axis", int64_t{*axis}}, {"epsilon", epsilon}});
  if (!known) {  // computed by the model: multiplied and added by operators of their own
    y = importer.make("mul", {y, scale});
    if (bias) y = importer.make("add", {y, bias});
  }
  importer.set_output(0, y);
  if (importer.wants_output(1) || importer.wants_output(2)) emit_statistics(importer, x, *axis, epsilon);
}

void import_instance_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* scale = importer.input(1);
  Value* bias = importer.input(2);
  if (!x || !scale || !bias) return;
  if (x->type.rank() < 3) return importer.error(Code::T0305, "needs an input of rank 3 or more");
  const double epsilon = importer.real("epsilon", static_cast<double>(1e-5F));
  Value* y = make_group_normalized(importer, x, x->type.shape[0] * x->type.shape[1], epsilon);
  importer.set_output(0, make_channel_affine(importer, y, scale, bias));
}

// Until opset 20 scale and bias were per group, from 21 on per channel.
void import_group_normalization(OnnxImporter& importer) {
  Value* x = importer.input(0);
  Value* scale = importer.input(1);
  Value* bias = importer.input(2);
  if (!x || !scale || !bias) return;
  const int64_t groups = importer.integer("num_groups", 0);
  if (x->type.rank() < 3 || groups < 1 || x->type.shape[1] % groups != 0)
    return importer.error(Code::T0307, fmt::format("{} groups of {}", groups, shape_text(x->type.shape)));
  Value* y = make_group_normalized(importer, x, x->type.shape[0] * groups,
                                   importer.real("epsilon", static_cast<double>(1e-5F)));
  if (importer.opset() >= 21 || !y) return importer.set_output(0, make_channel_affine(importer, y, scale, bias));
  const Shape shape = x->type.shape;
  Shape grouped = {shape[0], groups, -1};
  grouped[2] = x->type.elements() == 0 ? 0 : x->type.elements() / (shape[0] * groups);
  y = make_channel_affine(importer, importer.make("reshape", {y}, {{"shape", grouped}}), scale, bias);
  if (y) importer.emit("reshape", {y}, {{"shape", shape}});
}

}  // namespace

std::vector<double> layer_norm_parameter(const Op& op, size_t operand, double fallback) {
  const Shape& x = op.operand_type(0).shape;
  const Shape rest(x.begin() + op.integer("axis"), x.end());
  std::vector<double> values(static_cast<size_t>(element_count(rest)), fallback);
  const Tensor* data = constant_data(op.operand(operand));
  if (!data) return values;
  const std::vector<int64_t> offsets = broadcast_offsets(data->shape(), rest);
  for (size_t i = 0; i < values.size(); ++i) values[i] = data->real(offsets[i]);
  return values;
}

std::optional<LayerNormSteps> layer_norm_steps(const Op& op) {
  const double scale_y = op.result_type().quant->scale();
  const double scale_x = op.operand_type(0).quant->scale();
  const std::vector<double> parameters[] = {layer_norm_parameter(op, 1, 1), layer_norm_parameter(op, 2, 0)};
  const auto count = static_cast<double>(parameters[0].size());
  const double epsilon = round_half_even(op.real("epsilon") * 256 * count * count / scale_x / scale_x);
  if (count > kLayerNormLongest || !(epsilon >= 0 && epsilon < std::ldexp(1, 60))) return std::nullopt;
  double largest = 0;
  for (const std::vector<double>& values : parameters) {
    for (const double value : values) {
      if (!std::isfinite(value)) return std::nullopt;
      largest = std::max(largest, std::fabs(value) / scale_y);
    }
  }
  LayerNormSteps steps{30, static_cast<int64_t>(epsilon), {}, {}};
  if (largest >= 0.5) steps.bits = 28 - std::ilogb(largest);
  if (steps.bits < 0) return std::nullopt;
  for (size_t i = 0; i < parameters[0].size(); ++i) {
    const auto fixed = [&](double value) {
      return static_cast<int32_t>(round_half_even(std::ldexp(value / scale_y, steps.bits)));
    };
    steps.scale.push_back(fixed(parameters[0][i]));
    steps.bias.push_back(fixed(parameters[1][i]));
  }
  return steps;
}

Value* make_group_normalized(OnnxImporter& importer, Value* x, int64_t groups, double epsilon) {
  const Shape shape = x->type.shape;
  const Shape flat = {groups, groups == 0 ? 0 : x->type.elements() / groups};
  Value* rows = importer.make("reshape", {x}, {{"shape", flat}});
  Value* y = importer.make("layer_norm", {rows, nullptr, nullptr}, {{"axis", int64_t{1}}, {"epsilon", epsilon}});
  return y ? importer.make("reshape", {y}, {{"shape", shape}}) : nullptr;
}

Value* make_channel_affine(OnnxImporter& importer, Value* x, Value* scale, Value* bias) {
  if (!x) return nullptr;
  Shape shape(x->type.shape.size(), 1);
  shape[1] = x->type.shape[1];
  const auto shaped = [&](Value* value) -> Value* {
    if (value && value->type.element != x->type.element)
      value = importer.make("cast", {value}, {{"to", x->type.element}});
    return importer.make("reshape", {value}, {{"shape", shape}});
  };
  return importer.make("add", {importer.make("mul", {x, shaped(scale)}), shaped(bias)});
}

extern const OpDef layer_norm_op = {
    .name = "layer_norm",
    .summary = "Brings the last axes to mean 0 and variance 1, then scales and shifts.",
    .doc =
        "Over all axes from `axis` on: (x - mean) / sqrt(variance + epsilon) * scale + bias; the variance divides by "
        "the count. scale and bias broadcast to these axes. Quantised: exact sums, scale and bias float constants.",
    .operands = {{"x"}, {"scale", OperandKind::optional}, {"bias", OperandKind::optional}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "first axis, not negative"},
                   {"epsilon", AttributeKind::real, std::nullopt, "added to the variance"}},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "GroupNormalization", 18, kNewest, import_group_normalization},
             {"", "InstanceNormalization", 6, kNewest, import_instance_normalization},
             {"", "LayerNormalization", 17, kNewest, import_layer_normalization}},
};

}  // namespace tinyc::ir
