// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "reciprocal";
}  // namespace

extern const OpDef reciprocal_op = unary_op({
    .name = kName,
    .summary = "1 / x",
    .doc = "Infinity at 0, with the sign of the zero.",
    .function = [](double x, std::span<const double>) { return 1 / x; },
    .onnx = {{"", "Reciprocal", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
