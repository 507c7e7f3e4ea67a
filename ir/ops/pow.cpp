// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

// By squaring; wraps. A negative exponent gives what truncation of the real result would.
int64_t pow_integer(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 != 0 ? -1 : 1) : 0;
  uint64_t result = 1;
  uint64_t square = static_cast<uint64_t>(base);
  for (auto left = static_cast<uint64_t>(exponent); left != 0; left >>= 1) {
    if ((left & 1) != 0) result *= square;
    square *= square;
  }
  return static_cast<int64_t>(result);
}

// The exponent may be of another element than the base, which is the result's.
void import_pow(OnnxImporter& importer) {
  Value* a = importer.input(0);
  Value* b = importer.input(1);
  if (!a || !b) return;
  const Element element = a->type.element;
  const bool through_real = !is_float(element) && is_float(b->type.element);
  const Element common = through_real ? b->type.element : element;
  if (through_real) a = importer.make("cast", {a}, {{"to", common}});
  if (b->type.element != common) b = importer.make("cast", {b}, {{"to", common}});
  Value* y = importer.make("pow", {a, b});
  if (y && through_real) y = importer.make("cast", {y}, {{"to", element}});
  importer.set_output(0, y);
}

}  // namespace

extern const OpDef pow_op = binary_op({
    .name = "pow",
    .summary = "a to the power of b",
    .doc = "Numpy broadcasting. Plain integers wrap; negative exponents of them truncate towards 0.",
    .real = [](double a, double b) { return std::pow(a, b); },
    .integer = pow_integer,
    .onnx = {{"", "Pow", 7, kNewest, import_pow}},
});

}  // namespace tinyc::ir
