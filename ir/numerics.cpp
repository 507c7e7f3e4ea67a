// SPDX-License-Identifier: Apache-2.0
#include "ir/numerics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "compiler/support/diagnostics.h"

namespace tinyc::ir {

double round_half_even(double value) { return std::nearbyint(value); }  // the default rounding mode is never changed

FixedPoint to_fixed_point(double scale) {
  TINYC_CHECK(std::isfinite(scale) && scale > 0);
  if (scale >= kLargestScale) return {std::numeric_limits<int32_t>::max(), 1};
  int shift = 30 - std::ilogb(scale);  // scale * 2^shift in [2^30, 2^31)
  double multiplier = round_half_even(std::ldexp(scale, shift));
  if (multiplier == 2147483648.0) {  // rounded up to the next power of two
    multiplier /= 2;
    --shift;
  }
  if (shift < 1) return {std::numeric_limits<int32_t>::max(), 1};  // rounded up to 2^30
  // |int32 * multiplier| < 2^62: from shift 63 on every result is 0.
  if (shift > 62) return {0, 31};
  return {static_cast<int32_t>(multiplier), shift};
}

int64_t round_shift(__int128 value, int shift) {
  if (shift == 0) return static_cast<int64_t>(value);
  const __int128 floor = value >> shift;
  const __int128 rest = value - (floor << shift);
  const __int128 half = static_cast<__int128>(1) << (shift - 1);
  const bool up = rest > half || (rest == half && (floor & 1) != 0);
  return static_cast<int64_t>(floor + (up ? 1 : 0));
}

int64_t requantize(int64_t accumulator, FixedPoint scale) {
  return round_shift(static_cast<__int128>(accumulator) * scale.multiplier, scale.shift);
}

int64_t round_divide(__int128 numerator, __int128 denominator) {
  __int128 floor = numerator / denominator;
  if (numerator % denominator != 0 && numerator < 0) --floor;
  const __int128 rest = numerator - floor * denominator;
  const bool up = 2 * rest > denominator || (2 * rest == denominator && (floor & 1) != 0);
  return static_cast<int64_t>(floor + (up ? 1 : 0));
}

int64_t quantize(double real, double scale, int64_t zero_point, Element element) {
  if (std::isnan(real)) real = 0;
  const auto ratio = static_cast<double>(static_cast<float>(real) / static_cast<float>(scale));
  const double shifted = round_half_even(ratio) + static_cast<double>(zero_point);
  return static_cast<int64_t>(
      std::clamp(shifted, static_cast<double>(lowest(element)), static_cast<double>(highest(element))));
}

SumScales sum_scales(double scale_a, double scale_b, double scale_y) {
  double a = scale_a / scale_y;
  double b = scale_b / scale_y;
  constexpr double kLimit = kLargestScale / 2;
  if (const double excess = std::max(a, b) / kLimit; excess > 1) {
    a /= excess;
    b /= excess;
  }
  const FixedPoint larger = to_fixed_point(std::max(a, b));
  const auto fixed = [&](double scale) {
    return static_cast<int64_t>(round_half_even(std::ldexp(scale, larger.shift)));
  };
  return {fixed(a), fixed(b), larger.shift};
}

int64_t softmax_exponential(double scale, int64_t distance) {
  return static_cast<int64_t>(
      round_half_even(std::ldexp(std::exp(-scale * static_cast<double>(distance)), kSoftmaxBits)));
}

bool tie_possible(FixedPoint scale, int64_t bound) {
  if (scale.multiplier == 0 || scale.shift == 0) return false;
  // acc * m is an odd multiple of 2^(shift-1) only if 2^(shift-1-t) divides acc, with t the trailing zeros of m.
  const int trailing = std::countr_zero(static_cast<uint32_t>(scale.multiplier));
  const int needed = scale.shift - 1 - trailing;
  if (needed < 0) return false;  // every product is a whole multiple of 2^shift
  return needed < 62 && bound >= (int64_t{1} << needed);
}

}  // namespace tinyc::ir
