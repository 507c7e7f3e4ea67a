// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "softsign";
}  // namespace

extern const OpDef softsign_op = unary_op({
    .name = kName,
    .summary = "x / (1 + |x|)",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return x / (1 + std::fabs(x)); },
    .onnx = {{"", "Softsign", 1, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
