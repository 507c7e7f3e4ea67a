// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "atanh";
}  // namespace

extern const OpDef atanh_op = unary_op({
    .name = kName,
    .summary = "Inverse hyperbolic tangent",
    .doc = "NaN outside [-1, 1].",
    .function = [](double x, std::span<const double>) { return std::atanh(x); },
    .onnx = {{"", "Atanh", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
