// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"
#include "ir/ops/quantization.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "leaky_relu";

void import_qlinear(OnnxImporter& importer) {
  import_qlinear_unary(importer, kName, {{"alpha", importer.real("alpha", static_cast<double>(0.01F))}});
}

}  // namespace

extern const OpDef leaky_relu_op = unary_op({
    .name = kName,
    .summary = "x if x >= 0, else alpha * x",
    .doc = "Element by element.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{static_cast<double>(0.01F)}, "slope of the negative part"}},
    .function = [](double x, std::span<const double> args) { return x < 0 ? args[0] * x : x; },
    .onnx = {{"", "LeakyRelu", 6, kNewest, import_unary<kName>},
             {"com.microsoft", "QLinearLeakyRelu", 1, kNewest, import_qlinear}},
});

}  // namespace tinyc::ir
