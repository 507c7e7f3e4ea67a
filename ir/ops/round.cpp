// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "round";
}  // namespace

extern const OpDef round_op = unary_op({
    .name = kName,
    .summary = "Nearest integer, ties to even",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return round_half_even(x); },
    .onnx = {{"", "Round", 11, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
