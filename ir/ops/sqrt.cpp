// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "sqrt";
}  // namespace

extern const OpDef sqrt_op = unary_op({
    .name = kName,
    .summary = "Square root",
    .doc = "NaN below 0.",
    .function = [](double x, std::span<const double>) { return std::sqrt(x); },
    .onnx = {{"", "Sqrt", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
