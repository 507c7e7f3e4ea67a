// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "thresholded_relu";
}  // namespace

extern const OpDef thresholded_relu_op = unary_op({
    .name = kName,
    .summary = "x if x > alpha, else 0",
    .doc = "Element by element.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{1.0}, "threshold"}},
    .function = [](double x, std::span<const double> args) { return x > args[0] ? x : 0.0; },
    .onnx = {{"", "ThresholdedRelu", 1, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
