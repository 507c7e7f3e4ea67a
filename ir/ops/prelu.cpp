// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "prelu";

int64_t prelu_quantized(int64_t x, int64_t slope, const Type& tx, const Type& ts, const Type& result) {
  const int64_t centred = x - tx.quant->zero_point();
  if (centred >= 0) return requantize_to(x, tx, result);
  const FixedPoint scale = to_fixed_point(tx.quant->scale() * ts.quant->scale() / result.quant->scale());
  const int64_t product = centred * (slope - ts.quant->zero_point());
  return saturate(result.quant->zero_point() + requantize(product, scale), result.element);
}

}  // namespace

extern const OpDef prelu_op = binary_op({
    .name = kName,
    .summary = "a if a >= 0, else a * b: leaky relu with a slope per element",
    .doc = "Numpy broadcasting. Quantised: the negative side as mul, the other as requantisation of a.",
    .real = [](double a, double b) { return a < 0 ? a * b : a; },
    .integer = [](int64_t a, int64_t b) { return a < 0 ? a * b : a; },
    .quantized = prelu_quantized,
    .onnx = {{"", "PRelu", 7, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
