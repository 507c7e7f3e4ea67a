// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "mul";

int64_t mul_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  const FixedPoint scale = to_fixed_point(ta.quant->scale() * tb.quant->scale() / result.quant->scale());
  const int64_t product = (a - ta.quant->zero_point()) * (b - tb.quant->zero_point());
  return saturate(result.quant->zero_point() + requantize(product, scale), result.element);
}

void import_qlinear_mul(OnnxImporter& importer) { import_qlinear_binary(importer, kName); }

}  // namespace

extern const OpDef mul_op = binary_op({
    .name = kName,
    .summary = "a * b",
    .doc = "Numpy broadcasting. Quantised: (a - zero_a) * (b - zero_b) exact, then one rounding of it times "
           "scale_a * scale_b / scale_y in 31-bit fixed point.",
    .commutative = true,
    .real = [](double a, double b) { return a * b; },
    .integer = [](int64_t a,
                  int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); },
    .quantized = mul_quantized,
    .tflite = true,
    .onnx = {{"", "Mul", 7, kNewest, import_binary<kName>},
             {"com.microsoft", "QLinearMul", 1, kNewest, import_qlinear_mul}},
});

}  // namespace tinyc::ir
