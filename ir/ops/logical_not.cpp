// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "logical_not";
}  // namespace

extern const OpDef logical_not_op = unary_op({
    .name = kName,
    .summary = "true where x is false",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return x == 0 ? 1.0 : 0.0; },
    .integer = [](int64_t x, std::span<const double>) -> int64_t { return x == 0 ? 1 : 0; },
    .onnx = {{"", "Not", 1, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
