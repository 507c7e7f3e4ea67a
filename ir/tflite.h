// SPDX-License-Identifier: Apache-2.0
// The integer arithmetic of TensorFlow Lite's reference kernels, for `--rounding tflite`. Sources of the formulas:
// tensorflow/lite/kernels/internal (common.h, quantization_util.cc, reference/*) and gemmlowp's fixedpoint.h. Reference
// code; kernels have their own.
#pragma once

#include <span>

#include "ir/numerics.h"
#include "ir/rounding.h"

namespace tinyc::ir::tflite {

// scale = multiplier / 2^shift as TFLite stores it: ties of the multiplier away from zero, 0 below 2^-32.
FixedPoint to_fixed_point(double scale);
// value * multiplier / 2^shift. `tflite`: the high half of the doubled product is rounded (half up), then the right
// shift (half away from zero); a left shift comes first. `tflite_single`: one rounding, half up.
int32_t requantize(int32_t value, FixedPoint scale, Rounding rounding);

// Results before saturation to the element, zero point included.
int64_t add(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& y, Rounding rounding);
int64_t mul(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& y, Rounding rounding);
// Sum of `count` integers as stored (zero point not taken off), divided with ties away from zero.
int64_t average(int64_t sum, int64_t count);
// ReduceMean: (sum - count * zero_x) requantised, then divided by count, ties away from zero.
int64_t mean(int64_t sum, int64_t count, const Type& x, const Type& y, Rounding rounding);
int64_t quantize(double real, double scale, int64_t zero_point, Element element);
// 1 / (1 + exp(-x)) in fixed point; the result has scale 1/256 and zero point -128.
int64_t logistic(int64_t q, const Type& x, Rounding rounding);

// Softmax in fixed point with 5 integer bits of x and 12 of the sum; the result has scale 1/256 and zero point -128.
// exp(-distance * scale) for distances 0 to 255, in units of 2^-31; 0 where it needs more integer bits.
std::vector<int32_t> softmax_exponentials(double scale, Rounding rounding);
void softmax(std::span<const int64_t> x, std::span<int64_t> y, std::span<const int32_t> exponentials);

// Why TFLite has no such operator, else nothing: quantisations that it does not allow, operators whose form is not
// known here.
Status why_not(const Op& op);

}  // namespace tinyc::ir::tflite
