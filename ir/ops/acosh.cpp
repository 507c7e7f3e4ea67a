// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "acosh";
}  // namespace

extern const OpDef acosh_op = unary_op({
    .name = kName,
    .summary = "Inverse hyperbolic cosine",
    .doc = "NaN below 1.",
    .function = [](double x, std::span<const double>) { return std::acosh(x); },
    .onnx = {{"", "Acosh", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
