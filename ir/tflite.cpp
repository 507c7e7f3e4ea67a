// SPDX-License-Identifier: Apache-2.0
#include "ir/tflite.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "ir/ops/common.h"

namespace tinyc::ir::tflite {
namespace {

constexpr int64_t kOne = std::numeric_limits<int32_t>::max();  // 1 with 0 integer bits

int32_t saturated(int64_t value) {
  return static_cast<int32_t>(
      std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
}

// a * b / 2^31, half up: the product of fixed-point numbers; integer bits add up.
int32_t high_product(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>((static_cast<int64_t>(a) * b + (int64_t{1} << 30)) >> 31);
}

// value / 2^bits, ties away from zero.
int32_t shift_right(int32_t value, int bits) {
  if (bits == 0) return value;
  const int64_t half = int64_t{1} << (bits - 1);
  return static_cast<int32_t>((value + half - (value < 0 ? 1 : 0)) >> bits);
}

int32_t shift_left_saturating(int32_t value, int bits) { return saturated(static_cast<int64_t>(value) << bits); }

// exp(x) for x in [-1/4, 0) with 0 integer bits: a polynomial of degree 4 around -1/8.
int32_t exp_near_zero(int32_t x) {
  constexpr int32_t kExpOfMinusOneEighth = 1895147668;
  constexpr int32_t kOneThird = 715827883;
  const int32_t d = x + (1 << 28);
  const int32_t d2 = high_product(d, d);
  const int32_t d3 = high_product(d2, d);
  const int32_t d4 = high_product(d2, d2);
  const int32_t high = high_product(shift_right(d4, 2) + d3, kOneThird);  // d^4/12 + d^3/3
  return kExpOfMinusOneEighth + high_product(kExpOfMinusOneEighth, d + shift_right(high + d2, 1));
}

// exp(x) for x <= 0 with `bits` integer bits; the result has 0. exp(-2^k) for each set bit of the rest, k from -2 on.
int32_t exp_of_negative(int32_t x, int bits) {
  constexpr int32_t kExpOfPowers[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return static_cast<int32_t>(kOne);
  const int fraction = 31 - bits;
  const int32_t quarter = 1 << (fraction - 2);
  const int32_t near = (x & (quarter - 1)) - quarter;
  int32_t result = exp_near_zero(shift_left_saturating(near, bits));
  const int32_t rest = near - x;
  for (int exponent = -2; exponent < bits && exponent <= 4; ++exponent) {
    if ((rest & (1 << (fraction + exponent))) != 0) result = high_product(result, kExpOfPowers[exponent + 2]);
  }
  return result;
}

// 1 / (1 + x) for x in [0, 1), 0 integer bits: Newton's method for the half of it, from 48/17 - 32/17 d.
int32_t one_over_one_plus(int32_t x) {
  const auto half_denominator = static_cast<int32_t>((static_cast<int64_t>(x) + kOne + 1) / 2);
  constexpr int32_t k48Over17 = 1515870810;  // 2 integer bits
  constexpr int32_t k32Over17 = 1010580540;
  constexpr int32_t kOneOf2 = 1 << 29;
  int32_t y = k48Over17 + high_product(half_denominator, -k32Over17);
  for (int i = 0; i < 3; ++i) {
    const int32_t error = kOneOf2 - high_product(half_denominator, y);
    y += shift_left_saturating(high_product(y, error), 2);
  }
  return shift_left_saturating(y, 1);  // y / 2, from 2 integer bits to 0
}

int64_t divide_away(int64_t value, int64_t count) {
  return value > 0 ? (value + count / 2) / count : (value - count / 2) / count;
}

// Largest |difference| that keeps within `bits` integer bits once scaled up by 2^left.
int32_t input_radius(int bits, int left) {
  const double largest = std::ldexp(static_cast<double>((1 << bits) - 1), 31 - bits - left);
  return static_cast<int32_t>(std::floor(largest));
}

bool is_probability(const Type& y) {
  return y.element == Element::i8 && y.quant->per_tensor() && y.quant->scale() == 1.0 / 256 &&
         y.quant->zero_point() == -128;
}

}  // namespace

FixedPoint to_fixed_point(double scale) {
  int exponent = 0;
  const double fraction = std::frexp(scale, &exponent);
  int64_t multiplier = std::llround(std::ldexp(fraction, 31));
  if (multiplier == int64_t{1} << 31) {
    multiplier /= 2;
    ++exponent;
  }
  if (exponent < -31 || scale == 0) return {0, 31};
  if (exponent > 30) return {std::numeric_limits<int32_t>::max(), 1};
  return {static_cast<int32_t>(multiplier), 31 - exponent};
}

int32_t requantize(int32_t value, FixedPoint scale, Rounding rounding) {
  const auto product = static_cast<int64_t>(value) * scale.multiplier;
  if (rounding == Rounding::tflite_single)
    return static_cast<int32_t>((product + (int64_t{1} << (scale.shift - 1))) >> scale.shift);
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(value) << std::max(0, 31 - scale.shift));
  return shift_right(high_product(shifted, scale.multiplier), std::max(0, scale.shift - 31));
}

int64_t add(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& y, Rounding rounding) {
  constexpr int kLeft = 20;
  const double twice_max = 2 * std::max(ta.quant->scale(), tb.quant->scale());
  const auto scaled = [&](int64_t value, const Type& type) {
    const auto raised = static_cast<int32_t>((value - type.quant->zero_point()) << kLeft);
    return requantize(raised, to_fixed_point(type.quant->scale() / twice_max), rounding);
  };
  const FixedPoint out = to_fixed_point(twice_max / (std::ldexp(1.0, kLeft) * y.quant->scale()));
  return y.quant->zero_point() + requantize(scaled(a, ta) + scaled(b, tb), out, rounding);
}

int64_t mul(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& y, Rounding rounding) {
  const FixedPoint scale = to_fixed_point(ta.quant->scale() * tb.quant->scale() / y.quant->scale());
  const auto product = static_cast<int32_t>((a - ta.quant->zero_point()) * (b - tb.quant->zero_point()));
  return y.quant->zero_point() + requantize(product, scale, rounding);
}

int64_t average(int64_t sum, int64_t count) { return divide_away(sum, count); }

int64_t mean(int64_t sum, int64_t count, const Type& x, const Type& y, Rounding rounding) {
  const FixedPoint scale = to_fixed_point(x.quant->scale() / y.quant->scale());
  const auto centred = static_cast<int32_t>(sum - count * x.quant->zero_point());
  return y.quant->zero_point() + divide_away(requantize(centred, scale, rounding), count);
}

int64_t quantize(double real, double scale, int64_t zero_point, Element element) {
  if (std::isnan(real)) real = 0;
  const auto ratio = static_cast<double>(static_cast<float>(real) / static_cast<float>(scale));
  const double shifted = std::round(ratio) + static_cast<double>(zero_point);
  return static_cast<int64_t>(
      std::clamp(shifted, static_cast<double>(lowest(element)), static_cast<double>(highest(element))));
}

int64_t logistic(int64_t q, const Type& x, Rounding rounding) {
  constexpr int kBits = 4;
  const FixedPoint scale = to_fixed_point(std::ldexp(x.quant->scale(), 31 - kBits));
  const int32_t radius = input_radius(kBits, 31 - scale.shift);
  const auto input = static_cast<int32_t>(q - x.quant->zero_point());
  if (input <= -radius) return -128;
  if (input >= radius) return 127;
  const int32_t scaled = requantize(input, scale, rounding);
  int32_t result = 1 << 30;
  if (scaled != 0) {
    const int32_t positive = one_over_one_plus(exp_of_negative(-std::abs(scaled), kBits));
    result = scaled > 0 ? positive : static_cast<int32_t>(kOne) - positive;
  }
  return std::clamp<int64_t>(shift_right(result, 23) - 128, -128, 127);
}

std::vector<int32_t> softmax_exponentials(double scale, Rounding rounding) {
  constexpr int kBits = 5;
  const FixedPoint fixed = to_fixed_point(std::min(std::ldexp(scale, 31 - kBits), 2147483647.0));
  const int32_t radius = input_radius(kBits, 31 - fixed.shift);
  std::vector<int32_t> exponentials(256, 0);
  for (int32_t distance = 0; distance < 256 && distance <= radius; ++distance)
    exponentials[static_cast<size_t>(distance)] = exp_of_negative(requantize(-distance, fixed, rounding), kBits);
  return exponentials;
}

void softmax(std::span<const int64_t> x, std::span<int64_t> y, std::span<const int32_t> exponentials) {
  constexpr int kSumBits = 12;
  const int64_t largest = *std::max_element(x.begin(), x.end());
  const auto exponential = [&](size_t i) { return exponentials[static_cast<size_t>(largest - x[i])]; };
  uint32_t sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += static_cast<uint32_t>(shift_right(exponential(i), kSumBits));
  const int headroom = std::countl_zero(sum);
  const int32_t reciprocal = one_over_one_plus(static_cast<int32_t>((sum << headroom) - (uint32_t{1} << 31)));
  for (size_t i = 0; i < x.size(); ++i) {
    const int32_t share = high_product(reciprocal, exponential(i));
    y[i] = std::clamp<int64_t>(shift_right(share, kSumBits - headroom + 31 - 8) - 128, -128, 127);
  }
}

Status why_not(const Op& op) {
  const Type& y = op.result_type();
  if (op.is("softmax") || op.is("sigmoid")) {
    if (!is_probability(y) || op.operand_type(0).element != Element::i8)
      return Failure{"needs int8 and a result of scale 1/256 and zero point -128"};
    if (op.is("softmax") && op.integer("axis") != y.rank() - 1) return Failure{"needs the last axis"};
  }
  if (op.is("average_pool") && !same_numbers(op.operand_type(0), y))
    return Failure{"needs a result quantised as the operand is"};
  for (const Value* operand : op.operands) {
    if (operand && operand->type.quantized() && element_bits(operand->type.element) > 8 && !op.is("quantize"))
      return Failure{"needs operands of 8 bits"};
  }
  return {};
}

}  // namespace tinyc::ir::tflite
