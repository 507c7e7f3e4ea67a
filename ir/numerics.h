// SPDX-License-Identifier: Apache-2.0
// The integer arithmetic that docs/numerics.md specifies. Reference code and the compiler's proofs; kernels have their
// own.
#pragma once

#include <cstdint>

#include "ir/type.h"

namespace tinyc::ir {

// Equal integers stand for equal reals: one element type, one quantisation (or none).
inline bool same_numbers(const Type& a, const Type& b) { return a.element == b.element && a.quant == b.quant; }

// value * multiplier / 2^shift stands for value * scale. 2^30 <= multiplier < 2^31 and 0 <= shift <= 62,
// or multiplier 0 (scale so small that every int32 rounds to 0).
struct FixedPoint {
  int32_t multiplier = 0;
  int shift = 31;
  bool operator==(const FixedPoint&) const = default;
};

// multiplier = round half to even of scale * 2^shift. scale must be finite and > 0. From 2^30 on it counts as
// (2^31 - 1) / 2: results of up to 16 bits saturate either way.
FixedPoint to_fixed_point(double scale);
inline constexpr double kLargestScale = 1073741824.0;

// value / 2^shift rounded half to even; |value| < 2^126.
int64_t round_shift(__int128 value, int shift);
// accumulator * multiplier / 2^shift with one rounding, half to even.
int64_t requantize(int64_t accumulator, FixedPoint scale);
// Numerator / denominator rounded half to even; denominator > 0.
int64_t round_divide(__int128 numerator, __int128 denominator);
// ONNX QuantizeLinear: saturate(round half to even(real / scale) + zero_point). The division is done in float32, as
// ONNX says, when `real` and the scale are float32 values.
int64_t quantize(double real, double scale, int64_t zero_point, Element element);
double round_half_even(double value);

// scale_a / scale_y and scale_b / scale_y as integers over a common 2^shift; the larger one is in [2^30, 2^31). Where
// it would exceed 2^30 itself, both are made smaller by the same factor.
struct SumScales {
  int64_t a;
  int64_t b;
  int shift;  // 0 to 62
};
SumScales sum_scales(double scale_a, double scale_b, double scale_y);

// exp(-distance * scale) in units of 2^-22, rounded half to even; distance >= 0 (largest element minus this one).
int64_t softmax_exponential(double scale, int64_t distance);
inline constexpr int kSoftmaxBits = 22;

// Whether some accumulator in [-bound, bound] lies exactly half way between two results; if none does, rounding half up
// (add 2^(shift-1), then shift) gives the same result as half to even.
bool tie_possible(FixedPoint scale, int64_t bound);

}  // namespace tinyc::ir
