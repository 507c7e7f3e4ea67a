// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "sin";
}  // namespace

extern const OpDef sin_op = unary_op({
    .name = kName,
    .summary = "Sine of radians",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::sin(x); },
    .onnx = {{"", "Sin", 7, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
