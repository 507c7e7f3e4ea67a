// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "min";

int64_t min_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  return std::min(requantize_to(a, ta, result), requantize_to(b, tb, result));
}

void import_min(OnnxImporter& importer) {
  if (Value* y = import_chain(importer, kName)) importer.set_output(0, y);
}

}  // namespace

extern const OpDef min_op = binary_op({
    .name = kName,
    .summary = "Smaller of a and b",
    .doc = "Numpy broadcasting. NaN if either is. Quantised: each operand is requantised to the result, then compared.",
    .commutative = true,
    .real = [](double a, double b) { return std::isnan(a) || a < b ? a : b; },
    .integer = [](int64_t a, int64_t b) { return std::min(a, b); },
    .quantized = min_quantized,
    .onnx = {{"", "Min", 6, kNewest, import_min}},
});

}  // namespace tinyc::ir
