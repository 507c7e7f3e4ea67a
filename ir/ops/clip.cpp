// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

int64_t clip_integer(int64_t x, std::span<const double> args) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (args[0] >= -kTwoTo63 && (args[0] >= kTwoTo63 || x < static_cast<int64_t>(std::ceil(args[0]))))
    x = args[0] >= kTwoTo63 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(std::ceil(args[0]));
  if (args[1] < kTwoTo63 && (args[1] < -kTwoTo63 || x > static_cast<int64_t>(std::floor(args[1]))))
    x = args[1] < -kTwoTo63 ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(std::floor(args[1]));
  return x;
}

// A bound that the model computes.
Value* bounded(OnnxImporter& importer, Value* x, size_t index, std::string_view op) {
  Value* bound = importer.input(index);
  if (!x || !bound) return nullptr;
  if (bound->type.elements() != 1) {
    importer.error(Code::T0305, "min and max must be scalars");
    return nullptr;
  }
  return importer.make(op, {x, importer.make("reshape", {bound}, {{"shape", Shape{}}})});
}

// Bounds are attributes before opset 11 and optional scalar inputs from then on.
void import_clip(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const auto computed = [&](size_t i) { return importer.has_input(i) && !importer.constant(i); };
  if (computed(1) || computed(2)) {
    if (importer.has_input(1)) x = bounded(importer, x, 1, "max");
    if (importer.has_input(2)) x = bounded(importer, x, 2, "min");
    return importer.set_output(0, x);
  }
  double low = importer.real("min", -kInfinity);
  double high = importer.real("max", kInfinity);
  for (size_t i = 1; i <= 2; ++i) {
    if (!importer.has_input(i)) continue;
    const Tensor* bound = importer.constant(i);
    if (bound->size() != 1) return importer.error(Code::T0305, "min and max must be scalars");
    (i == 1 ? low : high) = bound->real(0);
  }
  if (std::isnan(low) || std::isnan(high)) return importer.error(Code::T0307, "min or max is not a number");
  importer.emit("clip", {x}, {{"min", low}, {"max", high}});
}

}  // namespace

extern const OpDef clip_op = unary_op({
    .name = "clip",
    .summary = "min(max(x, min), max)",
    .doc = "If min > max, every result is max, as ONNX says.",
    .attributes = {{"min", AttributeKind::real, Attribute{-kInfinity}, "lower bound"},
                   {"max", AttributeKind::real, Attribute{kInfinity}, "upper bound"}},
    .function =
        [](double x, std::span<const double> args) {
          const double raised = x < args[0] ? args[0] : x;
          return raised > args[1] ? args[1] : raised;
        },
    .integer = clip_integer,
    .onnx = {{"", "Clip", 6, kNewest, import_clip}},
});

}  // namespace tinyc::ir
