// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Bounds are attributes before opset 11 and optional scalar inputs from then on.
void import_clip(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  double low = importer.real("min", -kInfinity);
  double high = importer.real("max", kInfinity);
  for (size_t i = 1; i <= 2; ++i) {
    if (!importer.has_input(i)) continue;
    const Tensor* bound = importer.required_constant(i, i == 1 ? "min" : "max");
    if (!bound) return;
    if (bound->size() != 1) return importer.error(Code::T0305, "min and max must be scalars");
    (i == 1 ? low : high) = bound->real(0);
  }
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
    .onnx = {{"", "Clip", 6, kNewest, import_clip}},
});

}  // namespace tinyc::ir
