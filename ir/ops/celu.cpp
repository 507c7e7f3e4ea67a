// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "celu";
}  // namespace

extern const OpDef celu_op = unary_op({
    .name = kName,
    .summary = "max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))",
    .doc = "Element by element.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{1.0}, "not 0"}},
    .function = [](double x, std::span<const double> args) { return x > 0 ? x : args[0] * std::expm1(x / args[0]); },
    .onnx = {{"", "Celu", 12, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
