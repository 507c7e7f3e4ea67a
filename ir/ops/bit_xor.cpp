// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "bit_xor";
}  // namespace

extern const OpDef bit_xor_op = binary_op({
    .name = kName,
    .summary = "Bit by bit: 1 where the bits differ",
    .doc = "Plain integers only; numpy broadcasting.",
    .commutative = true,
    .real = [](double a, double b) { return static_cast<double>(static_cast<int64_t>(a) ^ static_cast<int64_t>(b)); },
    .integer = [](int64_t a, int64_t b) -> int64_t { return a ^ b; },
    .onnx = {{"", "BitwiseXor", 18, kNewest, import_binary<kName>}},
});

}  // namespace tinyc::ir
