// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "floor";
}  // namespace

extern const OpDef floor_op = unary_op({
    .name = kName,
    .summary = "Largest integer not above x",
    .doc = "Element by element.",
    .function = [](double x, std::span<const double>) { return std::floor(x); },
    .onnx = {{"", "Floor", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
