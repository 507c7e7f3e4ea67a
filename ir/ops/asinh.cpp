// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "asinh";
}  // namespace

extern const OpDef asinh_op = unary_op({
    .name = kName,
    .summary = "Inverse hyperbolic sine",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::asinh(x); },
    .onnx = {{"", "Asinh", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
