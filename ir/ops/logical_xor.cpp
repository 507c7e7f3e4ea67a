// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "logical_xor";
}  // namespace

extern const OpDef logical_xor_op = binary_op({
    .name = kName,
    .summary = "true where exactly one is",
    .doc = "Numpy broadcasting.",
    .commutative = true,
    .real = [](double a, double b) { return (a != 0) != (b != 0) ? 1.0 : 0.0; },
    .integer = [](int64_t a, int64_t b) -> int64_t { return (a != 0) != (b != 0) ? 1 : 0; },
    .onnx = {{"", "Xor", 7, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
