// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "swish";

// QuickGelu has another default for alpha.
void import_quick_gelu(OnnxImporter& importer) {
  if (Value* x = importer.input(0))
    importer.emit(kName, {x}, {{"alpha", importer.real("alpha", static_cast<double>(1.702F))}});
}
}  // namespace

extern const OpDef swish_op = unary_op({
    .name = kName,
    .summary = "x / (1 + exp(-alpha * x))",
    .doc = "SiLU when alpha is 1.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{1.0}, "factor inside the sigmoid"}},
    .function = [](double x, std::span<const double> args) { return x / (1 + std::exp(-args[0] * x)); },
    .onnx = {{"", "Swish", 24, kNewest, import_unary<kName>},
             {"com.microsoft", "QuickGelu", 1, kNewest, import_quick_gelu}},
});

}  // namespace tinyc::ir
