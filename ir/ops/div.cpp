// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "div";

// Divisors of 0 saturate by the sign of the dividend; 0 / 0 is the zero point.
int64_t div_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  const FixedPoint scale = to_fixed_point(ta.quant->scale() / tb.quant->scale() / result.quant->scale());
  const int64_t dividend = a - ta.quant->zero_point();
  const int64_t divisor = b - tb.quant->zero_point();
  const int64_t zero_point = result.quant->zero_point();
  if (divisor == 0) return dividend == 0 ? zero_point : dividend < 0 ? lowest(result.element) : highest(result.element);
  const __int128 numerator = static_cast<__int128>(divisor < 0 ? -dividend : dividend) * scale.multiplier;
  const __int128 denominator = static_cast<__int128>(divisor < 0 ? -divisor : divisor) << scale.shift;
  return saturate(zero_point + round_divide(numerator, denominator), result.element);
}

// Truncates towards 0; x / 0 is 0, so that no target traps.
int64_t div_integer(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return static_cast<int64_t>(0 - static_cast<uint64_t>(a));  // the lowest value wraps
  return a / b;
}

}  // namespace

extern const OpDef div_op = binary_op({
    .name = kName,
    .summary = "a / b",
    .doc = "Numpy broadcasting. Plain integers truncate towards 0, and a divisor of 0 gives 0. Quantised: one rounded "
           "division of (a - zero_a) * scale_a / (scale_b * scale_y) in 31-bit fixed point by (b - zero_b); a divisor "
           "of 0 saturates by the sign of the dividend, 0 / 0 is the zero point.",
    .real = [](double a, double b) { return a / b; },
    .integer = div_integer,
    .quantized = div_quantized,
    .onnx = {{"", "Div", 7, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
