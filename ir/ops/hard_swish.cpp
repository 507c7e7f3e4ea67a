// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "hard_swish";
}  // namespace

extern const OpDef hard_swish_op = unary_op({
    .name = kName,
    .summary = "x * max(0, min(1, x / 6 + 0.5))",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return x * std::fmax(0.0, std::fmin(1.0, x / 6 + 0.5)); },
    .onnx = {{"", "HardSwish", 14, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
