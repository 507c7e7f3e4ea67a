// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ir/ops/accumulator.h"
#include "ir/ops/common.h"
#include "ir/ops/products.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

Shape batch_of(const Shape& shape) { return Shape(shape.begin(), shape.end() - 2); }

Status infer(Op& op) {
  const Shape& a = op.operand_type(0).shape;
  const Shape& b = op.operand_type(1).shape;
  if (a.size() < 2 || b.size() < 2 || a.back() != b[b.size() - 2])
    return Failure{fmt::format("matrices {} and {} do not fit", shape_text(a), shape_text(b))};
  Result<Shape> shape = broadcast(batch_of(a), batch_of(b));
  if (!shape) return shape.failure();
  shape->push_back(a[a.size() - 2]);
  shape->push_back(b.back());
  op.results[0]->type.shape = shape.take();
  op.results[0]->type.element = op.operand_type(0).quantized() ? Element::i32 : op.operand_type(0).element;
  return {};
}

Status verify(const Op& op) {
  const Type& a = op.operand_type(0);
  const Type& b = op.operand_type(1);
  if (!a.quantized() && a.element != b.element) return Failure{"both operands must be of one element"};
  if (const Status status = verify_activation(op); !status) return status;
  return verify_accumulation(op, a, b, b.rank() - 1);
}

// Calls result(index, column, sum) for every element of the result.
template <class T, class Sum, class Result>
void multiply(const Op& op, const std::vector<T>& a, const std::vector<T>& b, Result result) {
  const Shape& y = op.result_type().shape;
  const Shape& sa = op.operand_type(0).shape;
  const Shape& sb = op.operand_type(1).shape;
  const int64_t rows = y[y.size() - 2];
  const int64_t columns = y.back();
  const int64_t depth = sa.back();
  const std::vector<int64_t> batches_a = broadcast_offsets(batch_of(sa), batch_of(y));
  const std::vector<int64_t> batches_b = broadcast_offsets(batch_of(sb), batch_of(y));
  int64_t index = 0;
  for (size_t batch = 0; batch < batches_a.size(); ++batch) {
    const T* pa = a.data() + batches_a[batch] * rows * depth;
    const T* pb = b.data() + batches_b[batch] * depth * columns;
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        Sum sum = 0;
        for (int64_t k = 0; k < depth; ++k)
          sum += static_cast<Sum>(pa[i * depth + k]) * static_cast<Sum>(pb[k * columns + j]);
        result(index++, j, sum);
      }
    }
  }
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& a = op.operand_type(0);
  const Type& b = op.operand_type(1);
  Tensor& y = results[0];
  if (a.quantized()) {
    const Accumulator accumulator(op, a, b);
    multiply<int32_t, int64_t>(
        op, centred(*operands[0], a), centred(*operands[1], b),
        [&](int64_t i, int64_t j, int64_t sum) { y.set_integer(i, accumulator.result(sum, j)); });
  } else if (is_float(a.element)) {
    const Activation activation = activation_of(op);
    multiply<double, double>(op, operands[0]->reals(), operands[1]->reals(),
                             [&](int64_t i, int64_t, double sum) { y.set_real(i, activation(sum)); });
  } else {
    multiply<int64_t, uint64_t>(
        op, operands[0]->integers(), operands[1]->integers(),
        [&](int64_t i, int64_t, uint64_t sum) { y.set_integer(i, wrap(static_cast<int64_t>(sum), y.element())); });
  }
}

int64_t macs(const Op& op) { return op.result_type().elements() * op.operand_type(0).shape.back(); }

void import_matmul(OnnxImporter& importer) {
  Value* a = importer.input(0);
  Value* b = importer.input(1);
  if (a && b) importer.set_output(0, make_product(importer, a, b, std::nullopt));
}

// a, its scale and zero point, b, its scales (per tensor or column) and zero points, scale and zero point of y.
void import_qlinear_matmul(OnnxImporter& importer) {
  Value* a = import_quantized(importer, importer.input(0), 1, 2);
  Value* b = importer.input(3);
  if (!a || !b) return;
  b = import_quantized(importer, b, 4, 5, b->type.rank() - 1);
  const auto type = import_result_quantization(importer, 6, 7, a->type.element);
  if (!b || !type) return;
  if (Value* y = make_product(importer, a, b, type)) importer.emit("quant_cast", {y});
}

// The zero point of a is often computed (DynamicQuantizeLinear): sum (a - z) b = sum a b - z * sum b, exactly.
Value* correction(OnnxImporter& importer, Value* zero_point, Value* b) {
  if (zero_point->type.elements() != 1) {
    importer.unsupported("a zero point per row of a matrix is not supported", "use one zero point for the tensor");
    return nullptr;
  }
  Value* ones = importer.make("expand", {importer.builder().constant(Tensor::of_integers(b->type.element, {}, {1}))},
                              {{"shape", Shape{1, b->type.shape[b->type.shape.size() - 2]}}});
  ones = importer.make_quantized("quant_cast", {ones}, {}, ones->type.element, {{1.0}, {0}, -1});
  Value* sums = make_product(importer, ones, b, std::nullopt);
  Value* factor =
      importer.make("cast", {importer.make("reshape", {zero_point}, {{"shape", Shape{}}})}, {{"to", Element::i32}});
  return importer.make("mul", {sums, factor});
}

void import_matmul_integer(OnnxImporter& importer) {
  if (!importer.input(0) || !importer.input(1)) return;
  const int rank = importer.input_type(1).rank();
  const bool computed = importer.has_input(2) && !importer.constant(2);
  Value* a = import_centred(importer, 0, computed ? importer.input_count() : 2, importer.input_type(0).rank() - 2);
  Value* b = import_centred(importer, 1, 3, rank - 1);
  if (!a || !b) return;
  Value* y = make_product(importer, a, b, std::nullopt);
  if (y && computed) {
    if (rank < 2) return importer.unsupported("a computed zero point and a vector are not supported together");
    Value* error = correction(importer, importer.input(2), b);
    y = importer.make("sub", {y, error});
  }
  importer.set_output(0, y);
}

}  // namespace

Value* make_product(OnnxImporter& importer, Value* a, Value* b, const std::optional<QuantizedType>& result) {
  const Shape first = a->type.shape;
  const Shape second = b->type.shape;
  if (first.empty() || second.empty()) {
    importer.error(Code::T0305, "a scalar cannot be multiplied as a matrix");
    return nullptr;
  }
  const auto make = [&](std::string_view op, std::vector<Value*> operands) {
    return result ? importer.make_quantized(op, std::move(operands), {}, result->element, result->quant)
                  : importer.make(op, std::move(operands));
  };
  if (second.size() == 2 && is_parameter(b) && (a->type.quantized() || is_float(a->type.element)))
    return make("fully_connected", {a, importer.make("transpose", {b}, {{"perm", Shape{1, 0}}}), nullptr});
  if (first.size() == 1) a = importer.make("reshape", {a}, {{"shape", Shape{1, first[0]}}});
  if (second.size() == 1) b = importer.make("reshape", {b}, {{"shape", Shape{second[0], 1}}});
  Value* y = make("matmul", {a, b});
  if (!y || (first.size() > 1 && second.size() > 1)) return y;
  Shape shape = y->type.shape;
  if (second.size() == 1) shape.pop_back();
  if (first.size() == 1) shape.erase(shape.end() - (second.size() == 1 ? 1 : 2));
  return importer.make("reshape", {y}, {{"shape", shape}});
}

bool is_parameter(const Value* value) {
  constexpr std::string_view kThrough[] = {"cast", "dequantize", "quant_cast", "reshape", "transpose"};
  while (value->producer &&
         std::find(std::begin(kThrough), std::end(kThrough), value->producer->name()) != std::end(kThrough))
    value = value->producer->operand(0);
  return constant_data(value) != nullptr;
}

extern const OpDef matmul_op = {
    .name = "matmul",
    .summary = "Product of matrices, over leading batch axes that broadcast.",
    .doc =
        "a [..., M, K], b [..., K, N], y [..., M, N]. Quantised as fully_connected: a per tensor, b per tensor or per "
        "column; the i32 accumulator when y is not quantised. Plain integers wrap.",
    .operands = {{"a"}, {"b"}},
    .results = {"y"},
    .attributes = {activation_attribute(), activation_args_attribute()},
    .traits = {.quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .macs = macs,
    .onnx = {{"", "MatMul", 1, kNewest, import_matmul},
             {"", "MatMulInteger", 10, kNewest, import_matmul_integer},
             {"", "QLinearMatMul", 10, kNewest, import_qlinear_matmul}},
};

}  // namespace tinyc::ir
