// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "logical_and";
}  // namespace

extern const OpDef logical_and_op = binary_op({
    .name = kName,
    .summary = "true where both are",
    .doc = "Numpy broadcasting.",
    .commutative = true,
    .real = [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; },
    .integer = [](int64_t a, int64_t b) -> int64_t { return a != 0 && b != 0 ? 1 : 0; },
    .onnx = {{"", "And", 7, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
