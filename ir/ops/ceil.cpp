// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "ceil";
}  // namespace

extern const OpDef ceil_op = unary_op({
    .name = kName,
    .summary = "Smallest integer not below x",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::ceil(x); },
    .onnx = {{"", "Ceil", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
