// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "atan";
}  // namespace

extern const OpDef atan_op = unary_op({
    .name = kName,
    .summary = "Arc tangent, in radians",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::atan(x); },
    .onnx = {{"", "Atan", 7, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
