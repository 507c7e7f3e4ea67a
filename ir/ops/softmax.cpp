// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "ir/ops/quantization.h"
#include "ir/ops/softmax.h"
#include "ir/tflite.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t axis = op.integer("axis");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  Type& y = op.results[0]->type;
  y.shape = x.shape;
  y.element = x.element;
  return {};
}

void softmax_real(std::span<const double> x, std::span<double> y) {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += y[i] = std::exp(x[i] - largest);
  for (double& value : y) value /= sum;
}

bool is_wide(const Type& type) { return element_bits(type.element) > 8; }

// docs/numerics.md "softmax": exponentials from tables, one rounded division per result.
void softmax_integer(std::span<const int64_t> x, std::span<int64_t> y, const Type& in, const Type& out) {
  const int64_t largest = *std::max_element(x.begin(), x.end());
  __int128 sum = 0;
  std::vector<int64_t> exponential(x.size());
  const bool wide = is_wide(in) || is_wide(out);
  const WideExponentials table = wide ? wide_exponentials(in.quant->scale()) : WideExponentials{};
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t distance = largest - x[i];
    sum += exponential[i] = wide ? table.at(distance) : softmax_exponential(in.quant->scale(), distance);
  }
  const FixedPoint steps = to_fixed_point(1.0 / out.quant->scale());  // output steps per one
  for (size_t i = 0; i < x.size(); ++i) {
    const __int128 numerator = static_cast<__int128>(exponential[i]) * steps.multiplier;
    const int64_t value = round_divide(numerator, sum << steps.shift);
    y[i] = saturate(out.quant->zero_point() + value, out.element);
  }
}

Status verify(const Op& op) {
  const Type& x = op.operand_type(0);
  const Type& y = op.result_type();
  if (x.quantized() != y.quantized()) return Failure{"operand and result must both be quantised, or neither"};
  if (x.quantized() && !(x.quant->per_tensor() && y.quant->per_tensor()))
    return Failure{"operand and result must be quantised per tensor"};
  if (x.quantized() && (element_bits(x.element) > 16 || element_bits(y.element) > 16))
    return Failure{"has an integer form for up to 16 bits"};
  return verify_rounding(op);
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = in.shape[axis];
  const int64_t stride = strides_of(in.shape)[axis];
  const Rounding rounding = rounding_of(op);
  if (in.elements() == 0) return;
  const auto lines = count > 0 ? in.elements() / count : 0;
  std::vector<double> real(static_cast<size_t>(count)), real_out(real.size());
  std::vector<int64_t> integer(real.size()), integer_out(real.size());
  for (int64_t line = 0; line < lines; ++line) {
    const int64_t base = line / stride * stride * count + line % stride;
    for (int64_t i = 0; i < count; ++i) {
      real[static_cast<size_t>(i)] = operands[0]->real(base + i * stride);
      integer[static_cast<size_t>(i)] = operands[0]->integer(base + i * stride);
    }
    if (in.quantized()) {
      if (rounding == Rounding::nearest) {
        softmax_integer(integer, integer_out, in, op.result_type());
      } else {
        tflite::softmax(integer, integer_out, tflite::softmax_exponentials(in.quant->scale(), rounding));
      }
      for (int64_t i = 0; i < count; ++i)
        results[0].set_integer(base + i * stride, integer_out[static_cast<size_t>(i)]);
    } else {
      softmax_real(real, real_out);
      for (int64_t i = 0; i < count; ++i) results[0].set_real(base + i * stride, real_out[static_cast<size_t>(i)]);
    }
  }
}

Shape flattened(const Shape& shape, int axis) {
  const auto middle = shape.begin() + axis;
  return {element_count(Shape(shape.begin(), middle)), element_count(Shape(middle, shape.end()))};
}

// Before opset 13 softmax ran over all axes from `axis` (default 1) on, as if the tensor were flattened there.
void import_softmax(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const bool flattens = importer.opset() < 13;
  const auto axis = importer.axis(importer.integer("axis", flattens ? 1 : -1), x->type.rank());
  if (!axis) return;
  if (!flattens || *axis == x->type.rank() - 1) return importer.emit("softmax", {x}, {{"axis", int64_t{*axis}}});
  const Shape shape = x->type.shape;
  Value* flat = importer.make("reshape", {x}, {{"shape", flattened(shape, *axis)}});
  Value* y = importer.make("softmax", {flat}, {{"axis", int64_t{1}}});
  if (y) importer.emit("reshape", {y}, {{"shape", shape}});
}

// com.microsoft QLinearSoftmax: x, its scale and zero point, scale and zero point of y.
void import_qlinear_softmax(OnnxImporter& importer) {
  Value* x = import_quantized(importer, importer.input(0), 1, 2);
  if (!x) return;
  const bool flattens = importer.integer("opset", 13) < 13;
  const Shape shape = x->type.shape;
  const auto axis = importer.axis(importer.integer("axis", flattens ? 1 : -1), x->type.rank());
  const auto result = import_result_quantization(importer, 3, 4, x->type.element);
  if (!axis || !result) return;
  int64_t at = *axis;
  if (flattens) {
    x = importer.make("reshape", {x}, {{"shape", flattened(shape, *axis)}});
    at = 1;
  }
  if (!x) return;
  Value* y = importer.make_quantized("softmax", {x}, {{"axis", at}}, result->element, result->quant);
  if (y && flattens) y = importer.make("reshape", {y}, {{"shape", shape}});
  if (y) importer.emit("quant_cast", {y});
}

}  // namespace

int64_t WideExponentials::at(int64_t distance) const {
  const uint64_t product =
      static_cast<uint64_t>(coarse[static_cast<size_t>(distance >> 8)]) * fine[static_cast<size_t>(distance & 255)];
  return static_cast<int64_t>((product + 0x80000000u) >> 32);
}

WideExponentials wide_exponentials(double scale) {
  WideExponentials table;
  for (int i = 0; i < 256; ++i) {
    const auto fixed = [](double x) { return static_cast<uint32_t>(round_half_even(std::ldexp(std::exp(x), 31))); };
    table.coarse.push_back(fixed(-scale * 256 * i));
    table.fine.push_back(fixed(-scale * i));
  }
  return table;
}

extern const OpDef softmax_op = {
    .name = "softmax",
    .summary = "exp(x) / sum(exp(x)) along one axis.",
    .doc =
        "Quantised: exp((x - max) * scale_x) from tables in units of 2^-22 (16 bits: 2^-30), sum exact, each result "
        "one "
        "rounded division.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "axis of the sum, not negative"},
                   rounding_attribute()},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "Softmax", 1, kNewest, import_softmax},
             {"com.microsoft", "QLinearSoftmax", 1, kNewest, import_qlinear_softmax}},
};

}  // namespace tinyc::ir
