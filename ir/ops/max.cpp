// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr char kName[] = "max";

int64_t max_quantized(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) {
  return std::max(requantize_to(a, ta, result), requantize_to(b, tb, result));
}

void import_max(OnnxImporter& importer) {
  if (Value* y = import_chain(importer, kName)) importer.set_output(0, y);
}

}  // namespace

extern const OpDef max_op = binary_op({
    .name = kName,
    .summary = "Larger of a and b",
    .doc = "Numpy broadcasting. NaN if either is. Quantised: each operand is requantised to the result, then compared.",
    .commutative = true,
    .real = [](double a, double b) { return std::isnan(a) || a > b ? a : b; },
    .integer = [](int64_t a, int64_t b) { return std::max(a, b); },
    .quantized = max_quantized,
    .onnx = {{"", "Max", 6, kNewest, import_max}},
});

}  // namespace tinyc::ir
