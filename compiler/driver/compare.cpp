// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compare.h"

#include <cmath>

namespace tinyc {
namespace {

// Between 64-bit integers, which doubles cannot tell apart.
double steps_between(int64_t a, int64_t b) {
  const auto low = static_cast<uint64_t>(std::min(a, b));
  const auto high = static_cast<uint64_t>(std::max(a, b));
  return static_cast<double>(high - low);
}

}  // namespace

Comparison compare(const ir::Tensor& value, const ir::Tensor& expected, const Tolerance& tolerance) {
  Comparison result;
  result.elements = expected.size();
  const bool real = ir::is_float(expected.element());
  for (int64_t i = 0; i < expected.size(); ++i) {
    const double a = value.real(i);
    const double b = expected.real(i);
    const bool same = real ? a == b || (std::isnan(a) && std::isnan(b)) : value.integer(i) == expected.integer(i);
    if (same) continue;
    ++result.unequal;
    double distance = real ? std::fabs(a - b) : steps_between(value.integer(i), expected.integer(i));
    if (std::isnan(distance)) distance = INFINITY;
    result.largest = std::max(result.largest, distance);
    const double allowed = real ? tolerance.atol + tolerance.rtol * std::fabs(b) : static_cast<double>(tolerance.steps);
    if (std::isfinite(distance) && distance <= allowed) continue;
    ++result.different;
    if (result.first >= 0) continue;
    result.first = i;
    result.value = a;
    result.expected = b;
  }
  return result;
}

}  // namespace tinyc
