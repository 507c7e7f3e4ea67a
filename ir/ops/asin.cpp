// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "asin";
}  // namespace

extern const OpDef asin_op = unary_op({
    .name = kName,
    .summary = "Arc sine, in radians",
    .doc = "NaN outside [-1, 1].",
    .function = [](double x, std::span<const double>) { return std::asin(x); },
    .onnx = {{"", "Asin", 7, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
