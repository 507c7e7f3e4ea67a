// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "tanh";
}  // namespace

extern const OpDef tanh_op = unary_op({
    .name = kName,
    .summary = "Hyperbolic tangent",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::tanh(x); },
    .onnx = {{"", "Tanh", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
