// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "shrink";
}  // namespace

extern const OpDef shrink_op = unary_op({
    .name = kName,
    .summary = "x + bias below -lambd, x - bias above lambd, else 0",
    .doc = "Element by element.",
    .attributes = {{"lambd", AttributeKind::real, Attribute{0.5}, "half width of the zero band"},
                   {"bias", AttributeKind::real, Attribute{0.0}, "how far the rest moves towards 0"}},
    .function =
        [](double x, std::span<const double> args) {
          return x < -args[0] ? x + args[1] : x > args[0] ? x - args[1] : 0.0;
        },
    .onnx = {{"", "Shrink", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
