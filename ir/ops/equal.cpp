// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "equal";
}  // namespace

extern const OpDef equal_op = binary_op({
    .name = kName,
    .summary = "true where a = b",
    .doc = "Numpy broadcasting. NaN equals nothing.",
    .commutative = true,
    .real = [](double a, double b) { return a == b ? 1.0 : 0.0; },
    .integer = [](int64_t a, int64_t b) -> int64_t { return a == b ? 1 : 0; },
    .compares = true,
    .onnx = {{"", "Equal", 7, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
