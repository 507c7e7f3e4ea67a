// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "acos";
}  // namespace

extern const OpDef acos_op = unary_op({
    .name = kName,
    .summary = "Arc cosine, in radians",
    .doc = "NaN outside [-1, 1].",
    .function = [](double x, std::span<const double>) { return std::acos(x); },
    .onnx = {{"", "Acos", 7, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
