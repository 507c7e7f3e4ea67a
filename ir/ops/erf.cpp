// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "erf";
}  // namespace

extern const OpDef erf_op = unary_op({
    .name = kName,
    .summary = "Gauss error function",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::erf(x); },
    .onnx = {{"", "Erf", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
