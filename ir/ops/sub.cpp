// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "sub";

int64_t sub_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  const SumScales scales = sum_scales(ta.quant->scale(), tb.quant->scale(), result.quant->scale());
  const __int128 difference = static_cast<__int128>(a - ta.quant->zero_point()) * scales.a -
                              static_cast<__int128>(b - tb.quant->zero_point()) * scales.b;
  return saturate(result.quant->zero_point() + round_shift(difference, scales.shift), result.element);
}

}  // namespace

extern const OpDef sub_op = binary_op({
    .name = kName,
    .summary = "a - b",
    .doc = "Numpy broadcasting. Quantised: as add, with the second operand negated.",
    .real = [](double a, double b) { return a - b; },
    .integer = [](int64_t a,
                  int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); },
    .quantized = sub_quantized,
    .onnx = {{"", "Sub", 7, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
