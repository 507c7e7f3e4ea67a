// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "tan";
}  // namespace

extern const OpDef tan_op = unary_op({
    .name = kName,
    .summary = "Tangent of radians",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::tan(x); },
    .onnx = {{"", "Tan", 7, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
