// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "log";
}  // namespace

extern const OpDef log_op = unary_op({
    .name = kName,
    .summary = "Natural logarithm",
    .doc = "-infinity at 0, NaN below.",
    .function = [](double x, std::span<const double>) { return std::log(x); },
    .onnx = {{"", "Log", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
