// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "add";

int64_t add_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  const SumScales scales = sum_scales(ta.quant->scale(), tb.quant->scale(), result.quant->scale());
  const __int128 sum = static_cast<__int128>(a - ta.quant->zero_point()) * scales.a +
                       static_cast<__int128>(b - tb.quant->zero_point()) * scales.b;
  return saturate(result.quant->zero_point() + round_shift(sum, scales.shift), result.element);
}

void import_sum(OnnxImporter& importer) {
  if (Value* y = import_chain(importer, kName)) importer.set_output(0, y);
}

void import_mean(OnnxImporter& importer) {
  Value* sum = import_chain(importer, kName);
  if (!sum) return;
  const auto count = static_cast<double>(importer.input_count());
  Value* divisor = importer.builder().constant(Tensor::of_reals(sum->type.element, {}, {count}));
  importer.emit("div", {sum, divisor});
}

void import_qlinear_add(OnnxImporter& importer) { import_qlinear_binary(importer, kName); }

}  // namespace

extern const OpDef add_op = binary_op({
    .name = kName,
    .summary = "a + b",
    .doc = "Numpy broadcasting. Quantised: both operands in 31-bit fixed point with a common shift, one rounding of "
           "the sum.",
    .commutative = true,
    .real = [](double a, double b) { return a + b; },
    .integer = [](int64_t a,
                  int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); },
    .quantized = add_quantized,
    .tflite = true,
    .onnx = {{"", "Add", 7, kNewest, import_binary<kName>},
             {"", "Mean", 6, kNewest, import_mean},
             {"", "Sum", 6, kNewest, import_sum},
             {"com.microsoft", "QLinearAdd", 1, kNewest, import_qlinear_add}},
});

}  // namespace tinyc::ir
