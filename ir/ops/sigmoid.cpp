// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"
#include "ir/ops/quantization.h"
#include "ir/rounding.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "sigmoid";

void import_qlinear(OnnxImporter& importer) { import_qlinear_unary(importer, kName, {}); }

}  // namespace

extern const OpDef sigmoid_op = unary_op({
    .name = kName,
    .summary = "1 / (1 + exp(-x))",
    .doc = "Element by element.",
    .attributes = {rounding_attribute()},
    .function = [](double x, std::span<const double>) { return 1 / (1 + std::exp(-x)); },
    .onnx = {{"", "Sigmoid", 6, kNewest, import_unary<kName>},
             {"com.microsoft", "QLinearSigmoid", 1, kNewest, import_qlinear}},
});

}  // namespace tinyc::ir
