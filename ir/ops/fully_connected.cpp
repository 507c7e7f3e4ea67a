// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "ir/ops/accumulator.h"
#include "ir/ops/common.h"
#include "ir/ops/products.h"
#include "ir/ops/quantization.h"
#include "ir/verify.h"

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
  y.element = op.operand_type(0).quantized() ? Element::i32 : op.operand_type(0).element;
  return {};
}

Status verify_layer(const Op& op) {
  if (const Status status = verify_activation(op); !status) return status;
  return verify_accumulation(op, op.operand_type(0), op.operand_type(1), 0);
}

// Calls result(index, output, sum) for every element of the result; `start` is the bias of an output.
template <class T, class Sum, class Start, class Result>
void multiply(const Op& op, const std::vector<T>& x, const std::vector<T>& w, Start start, Result result) {
  const Shape& shape = op.operand_type(1).shape;
  const int64_t count = op.result_type().elements();
  for (int64_t i = 0; i < count; ++i) {
    const int64_t o = i % shape[0];
    Sum sum = start(o);
    const T* px = x.data() + i / shape[0] * shape[1];
    const T* pw = w.data() + o * shape[1];
    for (int64_t k = 0; k < shape[1]; ++k) sum += static_cast<Sum>(px[k]) * static_cast<Sum>(pw[k]);
    result(i, o, sum);
  }
}

void reference_real(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Activation activation = activation_of(op);
  multiply<double, double>(
      op, operands[0]->reals(), real_weights(*operands[1], op.operand_type(1)),
      [&](int64_t o) { return operands[2] ? operands[2]->real(o) : 0; },
      [&](int64_t i, int64_t, double sum) { y.set_real(i, activation(sum)); });
}

void reference_integer(const Op& op, std::span<const Tensor* const> operands, Tensor& y) {
  const Type& x = op.operand_type(0);
  const Type& w = op.operand_type(1);
  const Accumulator accumulator(op, x, w);
  multiply<int32_t, int64_t>(
      op, centred(*operands[0], x), centred(*operands[1], w),
      [&](int64_t o) { return operands[2] ? operands[2]->integer(o) : 0; },
      [&](int64_t i, int64_t o, int64_t sum) { y.set_integer(i, accumulator.result(sum, o)); });
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  if (op.operand_type(0).quantized()) {
    reference_integer(op, operands, results[0]);
  } else {
    reference_real(op, operands, results[0]);
  }
}

int64_t macs(const Op& op) { return op.result_type().elements() * op.operand_type(1).shape[1]; }

Value* scaled(OnnxImporter& importer, Value* value, double factor) {
  if (!value || factor == 1) return value;
  return importer.make("mul",
                       {value, importer.builder().constant(Tensor::of_reals(value->type.element, {}, {factor}))});
}

// The bias of every output, if c is one.
Value* as_bias(OnnxImporter& importer, Value* c, int64_t outputs) {
  if (!c || c->type.elements() != outputs || (c->type.rank() > 0 && c->type.shape.back() != outputs)) return nullptr;
  return importer.make("reshape", {c}, {{"shape", Shape{outputs}}});
}

// alpha * A' * B' + beta * C: a fully connected layer if B is a parameter, else a product of matrices.
void import_gemm(OnnxImporter& importer) {
  Value* a = importer.input(0);
  Value* b = importer.input(1);
  if (!a || !b) return;
  if (a->type.rank() != 2 || b->type.rank() != 2) return importer.error(Code::T0305, "Gemm needs matrices");
  const std::vector<int64_t> swap = {1, 0};
  const bool layer = is_parameter(b) && is_float(a->type.element);
  if (importer.integer("transA", 0) != 0) a = importer.make("transpose", {a}, {{"perm", swap}});
  if ((importer.integer("transB", 0) == 0) == layer) b = importer.make("transpose", {b}, {{"perm", swap}});
  b = scaled(importer, b, importer.real("alpha", 1));
  Value* c = importer.has_input(2) ? scaled(importer, importer.input(2), importer.real("beta", 1)) : nullptr;
  if (!a || !b) return;
  Value* bias = layer ? as_bias(importer, c, b->type.shape[0]) : nullptr;
  Value* y = layer ? importer.make("fully_connected", {a, b, bias}) : importer.make("matmul", {a, b});
  if (c && !bias) y = importer.make("add", {y, c});
  importer.set_output(0, y);
}

// com.microsoft QGemm: A, scale, zero point, B, scale (per tensor or output), zero point, C (i32), scale and zero point
// of the result; without these the result is float.
void import_qgemm(OnnxImporter& importer) {
  Value* a = import_quantized(importer, importer.input(0), 1, 2);
  Value* b = importer.input(3);
  if (!a || !b) return;
  const bool transposed = importer.integer("transB", 0) != 0;
  b = import_quantized(importer, b, 4, 5, transposed ? 0 : 1);
  if (!b) return;
  if (a->type.rank() != 2 || b->type.rank() != 2) return importer.error(Code::T0305, "QGemm needs matrices");
  if (importer.real("alpha", 1) != 1) return importer.unsupported("alpha other than 1");
  const std::vector<int64_t> swap = {1, 0};
  if (importer.integer("transA", 0) != 0) a = importer.make("transpose", {a}, {{"perm", swap}});
  if (!transposed) b = importer.make("transpose", {b}, {{"perm", swap}});
  if (!a || !b) return;
  Value* c = importer.has_input(6) ? importer.input(6) : nullptr;
  Value* bias = as_bias(importer, c, b->type.shape[0]);
  if (c && !bias) return importer.unsupported("a bias that is not one number per output");
  if (!importer.has_input(7)) return importer.unsupported("a float result", "give scale and zero point of the result");
  if (const auto y = import_result_quantization(importer, 7, 8, a->type.element))
    emit_quantized(importer, "fully_connected", {a, b, bias}, {}, *y);
}

// Numbers of 4 bits, the first in the low half of a byte; every line of `count` begins at a byte.
std::vector<int64_t> unpacked_nibbles(const Tensor& bytes, int64_t lines, int64_t count) {
  const int64_t line_bytes = (count + 1) / 2;
  std::vector<int64_t> values;
  for (int64_t line = 0; line < lines; ++line) {
    for (int64_t i = 0; i < count; ++i) {
      const auto byte = static_cast<uint64_t>(bytes.integer(line * line_bytes + i / 2));
      values.push_back(static_cast<int64_t>(i % 2 == 0 ? byte & 15U : byte >> 4U));
    }
  }
  return values;
}

// com.microsoft MatMulNBits: A [..., K], B u8 [N, blocks, block_size / 2], scales [N * blocks], zero points packed like
// B (8 if absent), g_idx, bias [N]. Weights are 4-bit numbers with a scale per block of inputs.
void import_matmul_nbits(OnnxImporter& importer) {
  Value* a = importer.input(0);
  const Tensor* b = importer.required_constant(1, "the weights");
  const Tensor* scales = importer.required_constant(2, "the scales");
  if (!a || !b || !scales) return;
  if (importer.integer("bits", 4) != 4) return importer.unsupported("weights of other than 4 bits");
  if (importer.has_input(4)) return importer.unsupported("an order of the inputs (g_idx)");
  const int64_t inputs = importer.integer("K", 0), outputs = importer.integer("N", 0);
  const int64_t block = importer.integer("block_size", 0);
  const int64_t blocks = block > 0 ? (inputs + block - 1) / block : 0;
  if (inputs < 1 || outputs < 1 || block < 1 || b->size() * 2 != outputs * blocks * block ||
      scales->size() != outputs * blocks || a->type.rank() < 1 || a->type.shape.back() != inputs)
    return importer.error(Code::T0305, "K, N, block_size, weights and scales do not fit each other");
  Quantization quant{scales->reals(), std::vector<int64_t>(static_cast<size_t>(outputs * blocks), 8), 1, block};
  if (importer.has_input(3)) {
    const Tensor* zeros = importer.required_constant(3, "the zero points");
    if (!zeros) return;
    if (zeros->element() != Element::u8 || zeros->size() != outputs * ((blocks + 1) / 2))
      return importer.unsupported("zero points other than 4 bits, packed");
    quant.zero_points = unpacked_nibbles(*zeros, outputs, blocks);
  }
  const std::vector<int64_t> padded = unpacked_nibbles(*b, outputs, blocks * block);
  Tensor weights(Element::u4, {outputs, inputs});
  for (int64_t i = 0; i < weights.size(); ++i)
    weights.set_integer(i, padded[static_cast<size_t>(i / inputs * blocks * block + i % inputs)]);
  if (const Status status = verify_quantization({Element::u4, {outputs, inputs}, quant}); !status)
    return importer.error(Code::T0501, status.message());
  Value* w = importer.make("dequantize", {importer.builder().constant(std::move(weights), std::move(quant))});
  importer.emit("fully_connected", {a, w, importer.has_input(5) ? importer.input(5) : nullptr});
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
    .attributes = {activation_attribute(), activation_args_attribute(), rounding_attribute()},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify_layer,
    .reference = reference,
    .macs = macs,
    .onnx = {{"", "Gemm", 7, kNewest, import_gemm},
             {"com.microsoft", "MatMulNBits", 1, kNewest, import_matmul_nbits},
             {"com.microsoft", "QGemm", 1, kNewest, import_qgemm}},
};

}  // namespace tinyc::ir
