// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "hard_sigmoid";
}  // namespace

extern const OpDef hard_sigmoid_op = unary_op({
    .name = kName,
    .summary = "max(0, min(1, alpha * x + beta))",
    .doc = "Element by element.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{static_cast<double>(0.2F)}, "slope"},
                   {"beta", AttributeKind::real, Attribute{0.5}, "value at 0"}},
    .function = [](double x,
                   std::span<const double> args) { return std::fmax(0.0, std::fmin(1.0, args[0] * x + args[1])); },
    .onnx = {{"", "HardSigmoid", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
