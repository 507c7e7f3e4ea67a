// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>

#include "ir/ops/log_softmax.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  op.results[0]->type.shape = x.shape;
  op.results[0]->type.element = x.element;
  return {};
}

std::optional<LogSoftmaxSteps> steps_of(const Op& op) {
  const Type& x = op.operand_type(0);
  return log_softmax_steps(x.quant->scale(), op.result_type().quant->scale(),
                           x.shape[static_cast<size_t>(op.integer("axis"))]);
}

Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (x.quantized() != y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (!x.quantized()) return {};
  if (!(x.quant->per_tensor() && y.quant->per_tensor()))
    return Failure{"operand and result must be quantised per tensor"};
  if (element_bits(x.element) > 8 || element_bits(y.element) > 8) return Failure{"has an integer form for 8 bits only"};
  if (!steps_of(op)) return Failure{"the output scale is too small for its integer form"};
  return {};
}

void log_softmax_real(std::span<const double> x, std::span<double> y) {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (const double value : x) sum += std::exp(value - largest);
  for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] - largest - std::log(sum);
}

// docs/numerics.md "log_softmax".
void log_softmax_integer(std::span<const int64_t> x, std::span<int64_t> y, const Type& in, const Type& out,
                         const LogSoftmaxSteps& steps) {
  const int64_t largest = *std::max_element(x.begin(), x.end());
  int64_t sum = 0;
  for (const int64_t value : x) sum += softmax_exponential(in.quant->scale(), largest - value);
  const int octave = static_cast<int>(std::bit_width(static_cast<uint64_t>(sum))) - 1;
  const int64_t fraction = (octave >= 24 ? sum >> (octave - 24) : sum << (24 - octave)) - (int64_t{1} << 24);
  const auto entry = static_cast<size_t>(fraction >> 17);
  const int64_t rest = fraction & ((1 << 17) - 1);
  const int64_t rise = steps.table[entry + 1] - steps.table[entry];
  const int64_t logarithm = (octave - kSoftmaxBits) * steps.octave + steps.table[entry] + (rise * rest >> 17);
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t below = (largest - x[i]) * steps.step + logarithm;
    const int64_t half = int64_t{1} << (steps.bits - 1);
    y[i] = saturate(out.quant->zero_point() - ((below + half) >> steps.bits), out.element);
  }
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  if (x.size() == 0) return;
  const Type& in = op.operand_type(0);
  const std::optional<LogSoftmaxSteps> steps = in.quantized() ? steps_of(op) : std::nullopt;
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape()[axis];
  const int64_t stride = strides_of(x.shape())[axis];
  std::vector<double> real(static_cast<size_t>(count)), real_out(real.size());
  std::vector<int64_t> integer(real.size()), integer_out(real.size());
  for (int64_t line = 0; line < x.size() / count; ++line) {
    const int64_t base = line / stride * stride * count + line % stride;
    for (int64_t i = 0; i < count; ++i) {
      real[static_cast<size_t>(i)] = x.real(base + i * stride);
      if (steps) integer[static_cast<size_t>(i)] = x.integer(base + i * stride);
    }
    if (steps) {
      log_softmax_integer(integer, integer_out, in, op.result_type(), *steps);
    } else {
      log_softmax_real(real, real_out);
    }
    for (int64_t i = 0; i < count; ++i) {
      const auto at = static_cast<size_t>(i);
      if (steps) {
        results[0].set_integer(base + i * stride, integer_out[at]);
      } else {
        results[0].set_real(base + i * stride, real_out[at]);
      }
    }
  }
}

// Before opset 13 it ran over all axes from `axis` (default 1) on, as softmax did.
void import_log_softmax(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const bool flattens = importer.opset() < 13;
  const auto axis = importer.axis(importer.integer("axis", flattens ? 1 : -1), x->type.rank());
  if (!axis) return;
  if (!flattens || *axis == x->type.rank() - 1) return importer.emit("log_softmax", {x}, {{"axis", int64_t{*axis}}});
  const Shape shape = x->type.shape;
  const auto middle = shape.begin() + *axis;
  const Shape flat = {element_count(Shape(shape.begin(), middle)), element_count(Shape(middle, shape.end()))};
  Value* y = importer.make("log_softmax", {importer.make("reshape", {x}, {{"shape", flat}})}, {{"axis", int64_t{1}}});
  if (y) importer.emit("reshape", {y}, {{"shape", shape}});
}

}  // namespace

std::optional<LogSoftmaxSteps> log_softmax_steps(double scale_x, double scale_y, int64_t count) {
  constexpr int64_t kLargestDistance = 255;
  const double range =
      (kLargestDistance * scale_x + std::log(static_cast<double>(std::max<int64_t>(1, count)))) / scale_y;
  if (!(range < 2097152)) return std::nullopt;  // 2^21: at least 8 bits of fraction
  LogSoftmaxSteps steps;
  steps.bits = 29 - std::max(9, std::ilogb(range + 1) + 1);
  const auto fixed = [&](double value) {
    return static_cast<int32_t>(round_half_even(std::ldexp(value / scale_y, steps.bits)));
  };
  steps.step = fixed(scale_x);
  steps.octave = fixed(std::log(2.0));
  for (int j = 0; j <= 128; ++j) steps.table.push_back(fixed(std::log1p(j / 128.0)));
  return steps;
}

extern const OpDef log_softmax_op = {
    .name = "log_softmax",
    .summary = "x - log(sum(exp(x))) along one axis.",
    .doc =
        "The largest element is taken out first, so that no exponential overflows. Quantised: exponentials as "
        "softmax's, "
        "the logarithm of their sum from a table of 129 entries.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "axis of the sum, not negative"}},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "LogSoftmax", 1, kNewest, import_log_softmax}},
};

}  // namespace tinyc::ir
