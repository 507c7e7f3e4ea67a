// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "cos";
}  // namespace

extern const OpDef cos_op = unary_op({
    .name = kName,
    .summary = "Cosine of radians",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::cos(x); },
    .onnx = {{"", "Cos", 7, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
