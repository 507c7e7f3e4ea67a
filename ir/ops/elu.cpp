// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "elu";
}  // namespace

extern const OpDef elu_op = unary_op({
    .name = kName,
    .summary = "x if x > 0, else alpha * (exp(x) - 1)",
    .doc = "Element by element.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{1.0}, "factor of the negative part"}},
    .function = [](double x, std::span<const double> args) { return x > 0 ? x : args[0] * std::expm1(x); },
    .onnx = {{"", "Elu", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
