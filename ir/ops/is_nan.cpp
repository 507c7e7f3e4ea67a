// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "is_nan";
}  // namespace

extern const OpDef is_nan_op = unary_op({
    .name = kName,
    .summary = "true where x is not a number",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::isnan(x) ? 1.0 : 0.0; },
    .tests = true,
    .onnx = {{"", "IsNaN", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
