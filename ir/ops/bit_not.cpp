// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "bit_not";
}  // namespace

extern const OpDef bit_not_op = unary_op({
    .name = kName,
    .summary = "Every bit inverted",
    .doc = "Plain integers only.",
    .function = [](double x, std::span<const double>) { return -x - 1; },
    .integer = [](int64_t x, std::span<const double>) -> int64_t { return ~x; },
    .onnx = {{"", "BitwiseNot", 18, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
