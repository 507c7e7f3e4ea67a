// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "cosh";
}  // namespace

extern const OpDef cosh_op = unary_op({
    .name = kName,
    .summary = "Hyperbolic cosine",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::cosh(x); },
    .onnx = {{"", "Cosh", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
