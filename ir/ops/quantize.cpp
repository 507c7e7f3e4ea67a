// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  op.results[0]->type.shape = op.operand_type(0).shape;
  return {};
}

Status verify(const Op& op) {
  if (!op.result_type().quantized()) return Failure{"the result must be quantised"};
  if (!is_float(op.operand_type(0).element) && !op.operand_type(0).quantized())
    return Failure{"the operand must be float or quantised"};
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Type& in = op.operand_type(0);
  const Type& out = op.result_type();
  const std::vector<int64_t> channel = channel_of_elements(out);
  const std::vector<int64_t> in_channel = channel_of_elements(in);
  for (int64_t i = 0; i < results[0].size(); ++i) {
    const int64_t c = channel[static_cast<size_t>(i)];
    const double scale = out.quant->scale(c);
    const int64_t zero_point = out.quant->zero_point(c);
    if (!in.quantized()) {
      results[0].set_integer(i, quantize(operands[0]->real(i), scale, zero_point, out.element));
      continue;
    }
    const int64_t ci = in_channel[static_cast<size_t>(i)];
    const FixedPoint ratio = to_fixed_point(in.quant->scale(ci) / scale);
    results[0].set_integer(
        i, saturate(zero_point + requantize(operands[0]->integer(i) - in.quant->zero_point(ci), ratio), out.element));
  }
}

void import_quantize(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const std::optional<QuantizedType> wanted = import_quantization(importer, 1, 2, x->type);
  if (!wanted) return;
  Value* y = importer.builder().make_quantized("quantize", {x}, {}, wanted->element, wanted->quant);
  importer.emit("quant_cast", {y});
}

}  // namespace

extern const OpDef quantize_op = {
    .name = "quantize",
    .summary = "Real numbers, or integers of another quantisation, to the result's quantisation.",
    .doc =
        "float: saturate(round half to even(x / scale) + zero_point), as ONNX QuantizeLinear. Quantised operand: one "
        "rounding of "
        "(x - zero_x) * scale_x / scale_y in 31-bit fixed point.",
    .operands = {{"x"}},
    .results = {"y"},
    .traits = {.elementwise = true, .quantized_form = true},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "QuantizeLinear", 10, kNewest, import_quantize},
             {"com.microsoft", "QuantizeLinear", 1, kNewest, import_quantize}},
};

}  // namespace tinyc::ir
