// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "relu";
}

extern const OpDef relu_op = unary_op({
    .name = kName,
    .summary = "max(x, 0)",
    .doc = "NaN stays NaN.",
    .function = [](double x, std::span<const double>) { return x < 0 ? 0.0 : x; },
    .integer = [](int64_t x, std::span<const double>) -> int64_t { return x < 0 ? 0 : x; },
    .onnx = {{"", "Relu", 1, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
