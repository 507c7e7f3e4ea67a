// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "mish";
}  // namespace

extern const OpDef mish_op = unary_op({
    .name = kName,
    .summary = "x * tanh(softplus(x))",
    .doc = "Element by element.",
    .function =
        [](double x, std::span<const double>) {
          return x * std::tanh(std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))));
        },
    .onnx = {{"", "Mish", 18, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
