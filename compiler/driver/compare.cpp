// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compare.h"

#include <cmath>

namespace tinyc {

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
    double distance = std::fabs(a - b);
    if (std::isnan(distance)) distance = INFINITY;
    result.largest = std::max(result.largest, distance);
    const double allowed = real ? tolerance.atol + tolerance.rtol * std::fabs(b) : static_cast<double>(tolerance.steps);
    if (distance <= allowed) continue;
    ++result.different;
    if (result.first >= 0) continue;
    result.first = i;
    result.value = a;
    result.expected = b;
  }
  return result;
}

}  // namespace tinyc
