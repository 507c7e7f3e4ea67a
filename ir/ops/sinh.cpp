// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "sinh";
}  // namespace

extern const OpDef sinh_op = unary_op({
    .name = kName,
    .summary = "Hyperbolic sine",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::sinh(x); },
    .onnx = {{"", "Sinh", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
