// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

int64_t add_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  const SumScales scales = sum_scales(ta.quant->scale(), tb.quant->scale(), result.quant->scale());
  const __int128 sum = static_cast<__int128>(a - ta.quant->zero_point()) * scales.a +
                       static_cast<__int128>(b - tb.quant->zero_point()) * scales.b;
  return saturate(result.quant->zero_point() + round_shift(sum, scales.shift), result.element);
}

void import_add(OnnxImporter& importer) {
  Value* a = importer.input(0);
  Value* b = importer.input(1);
  if (a && b) importer.emit("add", {a, b});
}

}  // namespace

extern const OpDef add_op = binary_op({
    .name = "add",
    .summary = "a + b",
    .doc = "Numpy broadcasting. Quantised: both operands in 31-bit fixed point with a common shift, one rounding of "
           "the sum.",
    .commutative = true,
    .real = [](double a, double b) { return a + b; },
    .integer = [](int64_t a,
                  int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); },
    .quantized = add_quantized,
    .onnx = {{"", "Add", 7, kNewest, import_add}},
});

}  // namespace tinyc::ir
