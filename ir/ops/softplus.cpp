// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "softplus";
}  // namespace

extern const OpDef softplus_op = unary_op({
    .name = kName,
    .summary = "log(1 + exp(x))",
    .doc = "Element by element.",
    .function = [](double x,
                   std::span<const double>) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); },
    .onnx = {{"", "Softplus", 1, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
