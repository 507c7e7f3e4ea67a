// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Shape& x = op.operand_type(0).shape;
  const Shape& w = op.operand_type(1).shape;
  if (x.empty() || w.size() != 2 || w[1] != x.back())
    return Failure{fmt::format("input {} and weights {} do not fit", shape_text(x), shape_text(w))};
  if (op.operand(2) && op.operand_type(2).shape != Shape{w[0]})
    return Failure{fmt::format("bias {} for {} outputs", shape_text(op.operand_type(2).shape), w[0])};
  Type& y = op.results[0]->type;
  y.shape = x;
  y.shape.back() = w[0];
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
  if (!w.quant->per_tensor() && w.quant->axis != 0) return Failure{"weights can be quantised per output (axis 0) only"};
  if (op.operand(2) && op.operand_type(2).element != Element::i32)
    return Failure{"the bias of an integer layer must be i32"};
  return {};
}

void reference_real(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Shape& w = op.operand_type(1).shape;
  const std::vector<double> x = operands[0]->reals();
  const std::vector<double> weights = operands[1]->reals();
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t o = i % w[0];
    double sum = operands[2] ? operands[2]->real(o) : 0;
    const double* px = x.data() + i / w[0] * w[1];
    const double* pw = weights.data() + o * w[1];
    for (int64_t k = 0; k < w[1]; ++k) sum += px[k] * pw[k];
    y.set_real(i, activate(op, sum));
  }
}

void reference_integer(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Shape& w = op.operand_type(1).shape;
  const Quantization& qx = *op.operand_type(0).quant;
  const Quantization& qw = *op.operand_type(1).quant;
  const Type& type = op.result_type();
  const ClampBounds bounds = type.quantized() ? clamp_bounds(op, type) : ClampBounds{};
  const std::vector<int64_t> x = operands[0]->integers();
  const std::vector<int64_t> weights = operands[1]->integers();
  for (int64_t i = 0; i < y.size(); ++i) {
    const int64_t o = i % w[0];
    int64_t sum = operands[2] ? operands[2]->integer(o) : 0;
    const int64_t* px = x.data() + i / w[0] * w[1];
    const int64_t* pw = weights.data() + o * w[1];
    for (int64_t k = 0; k < w[1]; ++k) sum += (px[k] - qx.zero_point()) * (pw[k] - qw.zero_point(o));
    if (type.quantized()) {
      const FixedPoint scale = to_fixed_point(qx.scale() * qw.scale(o) / type.quant->scale());
      sum = std::clamp(type.quant->zero_point() + requantize(sum, scale), bounds.low, bounds.high);
    }
    y.set_integer(i, sum);
  }
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (op.operand_type(0).quantized()) {
    reference_integer(op, operands, results[0]);
  } else {
    reference_real(op, operands, results[0]);
  }
}

int64_t macs(const Op& op) { return op.result_type().elements() * op.operand_type(1).shape[1]; }

// alpha * A' * B' + beta * C with B known: a fully connected layer. Other forms go through matmul (see matmul.cpp).
void import_gemm(OnnxImporter& importer) {
  Value* a = importer.input(0);
  Value* b = importer.input(1);
  if (!a || !b) return;
  if (a->type.rank() != 2 || b->type.rank() != 2) return importer.error(Code::T0305, "Gemm needs matrices");
  const std::vector<int64_t> swap = {1, 0};
  if (importer.integer("transA", 0) != 0) a = importer.make("transpose", {a}, {{"perm", swap}});
  if (importer.integer("transB", 0) == 0) b = importer.make("transpose", {b}, {{"perm", swap}});
  const double alpha = importer.real("alpha", 1);
  const double beta = importer.real("beta", 1);
  if (alpha != 1) b = importer.make("mul", {b, importer.builder().scalar(alpha)});
  Value* c = importer.has_input(2) ? importer.input(2) : nullptr;
  if (c && beta != 1) c = importer.make("mul", {c, importer.builder().scalar(beta)});
  if (!a || !b) return;
  const int64_t outputs = b->type.shape[0];
  const bool per_output =
      c && c->type.elements() == outputs && (c->type.rank() <= 1 || c->type.shape.back() == outputs);
  Value* bias = per_output ? importer.make("reshape", {c}, {{"shape", Shape{outputs}}}) : nullptr;
  Value* y = importer.make("fully_connected", {a, b, bias});
  if (c && !per_output) y = importer.make("add", {y, c});
  importer.set_output(0, y);
}

}  // namespace

extern const OpDef fully_connected_op = {
    .name = "fully_connected",
    .summary = "y = x * transpose(w) + bias over the last axis.",
    .doc =
        "x [..., K], w [N, K], bias [N] (optional), y [..., N]. Quantised as conv: x per tensor, w per tensor or per "
        "output, bias i32 in units of scale_x * scale_w; the i32 accumulator when y is not quantised.",
    .operands = {{"x"}, {"w"}, {"bias", OperandKind::optional}},
    .results = {"y"},
    .attributes = {activation_attribute(), activation_args_attribute()},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .macs = macs,
    .onnx = {{"", "Gemm", 7, kNewest, import_gemm}},
};

}  // namespace tinyc::ir
