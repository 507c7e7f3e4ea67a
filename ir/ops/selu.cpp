// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "selu";
}  // namespace

extern const OpDef selu_op = unary_op({
    .name = kName,
    .summary = "gamma * (x if x > 0, else alpha * (exp(x) - 1))",
    .doc = "Element by element.",
    .attributes = {{"alpha", AttributeKind::real, Attribute{static_cast<double>(1.67326319217681884765625F)},
                    "factor of the negative part"},
                   {"gamma", AttributeKind::real, Attribute{static_cast<double>(1.05070102214813232421875F)},
                    "factor of everything"}},
    .function = [](double x, std::span<const double> args) { return args[1] * (x > 0 ? x : args[0] * std::expm1(x)); },
    .onnx = {{"", "Selu", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
