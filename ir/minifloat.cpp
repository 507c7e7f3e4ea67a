// SPDX-License-Identifier: Apache-2.0
#include "ir/minifloat.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "compiler/support/diagnostics.h"

namespace tinyc::ir {
namespace {

constexpr Minifloat kE4m3fn = {4, 3, 7, 0x7E, 0x7F, 0x7F, true, false};
constexpr Minifloat kE4m3fnuz = {4, 3, 8, 0x7F, 0x80, 0x80, true, true};
constexpr Minifloat kE5m2 = {5, 2, 15, 0x7B, 0x7E, 0x7C, true, false};
constexpr Minifloat kE5m2fnuz = {5, 2, 16, 0x7F, 0x80, 0x80, true, true};
constexpr Minifloat kE2m1 = {2, 1, 1, 0x07, 0x08, 0x07, true, false};
constexpr Minifloat kE8m0 = {8, 0, 127, 0xFE, 0xFF, 0xFF, false, false};

// Pattern of a positive finite number, ties to even; may lie above `largest`.
int64_t magnitude_bits(const Minifloat& format, double magnitude) {
  if (magnitude == 0) return 0;
  const int exponent = std::max(std::ilogb(magnitude), 1 - format.bias);
  const auto units = static_cast<int64_t>(std::nearbyint(std::ldexp(magnitude, format.fraction_bits - exponent)));
  return ((static_cast<int64_t>(exponent) + format.bias - 1) << format.fraction_bits) + units;
}

// ONNX's f8e8m0: the exponent of the float32, whatever its sign. Half way between two powers goes up, but from below
// the smallest normal number.
uint8_t power_bits(double value, bool saturate, PowerRounding rounding) {
  const auto single = static_cast<float>(value);
  uint32_t bits = 0;
  std::memcpy(&bits, &single, sizeof(bits));
  const uint32_t exponent = bits >> 23 & 0xFF;
  const uint32_t fraction = bits & 0x7FFFFF;
  if (exponent == 0xFF) return kE8m0.nan;
  bool up = rounding == PowerRounding::up && fraction != 0;
  if (rounding == PowerRounding::nearest) up = fraction > 0x400000 || (fraction == 0x400000 && exponent > 0);
  if (saturate && exponent == 0xFE) up = false;
  return static_cast<uint8_t>(exponent + (up ? 1 : 0));
}

}  // namespace

const Minifloat& minifloat(Element element) {
  switch (element) {
    case Element::f8e4m3fn:
      return kE4m3fn;
    case Element::f8e4m3fnuz:
      return kE4m3fnuz;
    case Element::f8e5m2:
      return kE5m2;
    case Element::f8e5m2fnuz:
      return kE5m2fnuz;
    case Element::f8e8m0:
      return kE8m0;
    case Element::f4e2m1:
      return kE2m1;
    default:
      TINYC_BUG("not a float of 4 or 8 bits");
  }
}

double from_minifloat(Element element, uint8_t bits) {
  const Minifloat& format = minifloat(element);
  const uint8_t sign = format.has_sign ? static_cast<uint8_t>(1U << (format.exponent_bits + format.fraction_bits)) : 0;
  if (format.one_zero && bits == sign) return std::numeric_limits<double>::quiet_NaN();
  const bool negative = (bits & sign) != 0;
  const auto magnitude = static_cast<uint8_t>(bits & ~sign);
  double value = 0;
  if (!format.one_zero && magnitude > format.largest) {
    const bool infinite = magnitude == format.overflow && format.overflow != format.nan;
    value = infinite ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else {
    const int exponent = magnitude >> format.fraction_bits;
    const int fraction = magnitude & ((1 << format.fraction_bits) - 1);
    const bool subnormal = exponent == 0 && format.has_sign;
    value = std::ldexp(fraction + (subnormal ? 0 : 1 << format.fraction_bits),
                       (subnormal ? 1 : exponent) - format.bias - format.fraction_bits);
  }
  return negative ? -value : value;
}

uint8_t to_minifloat(Element element, double value, bool saturate, PowerRounding rounding) {
  const Minifloat& format = minifloat(element);
  if (!format.has_sign) return power_bits(value, saturate, rounding);
  if (std::isnan(value)) return format.nan;
  const auto sign = static_cast<uint8_t>(std::signbit(value) ? 1U << (format.exponent_bits + format.fraction_bits) : 0);
  const double magnitude = std::fabs(value);
  const int64_t bits = std::isinf(magnitude) ? int64_t{format.largest} + 1 : magnitude_bits(format, magnitude);
  if (bits == 0 && format.one_zero) return 0;
  if (bits <= format.largest) return static_cast<uint8_t>(bits | sign);
  const uint8_t beyond = saturate ? format.largest : format.overflow;
  return beyond == format.nan && format.one_zero ? beyond : static_cast<uint8_t>(beyond | sign);
}

}  // namespace tinyc::ir
