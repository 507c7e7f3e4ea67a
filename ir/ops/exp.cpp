// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "exp";
}  // namespace

extern const OpDef exp_op = unary_op({
    .name = kName,
    .summary = "e to the power of x",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::exp(x); },
    .onnx = {{"", "Exp", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
