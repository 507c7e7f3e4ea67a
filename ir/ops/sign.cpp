// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "sign";
}  // namespace

extern const OpDef sign_op = unary_op({
    .name = kName,
    .summary = "-1, 0 or 1",
    .doc = "NaN stays NaN.",
    .function = [](double x, std::span<const double>) { return x > 0   ? 1.0
                                                               : x < 0 ? -1.0
                                                                       : x; },
    .integer = [](int64_t x, std::span<const double>) -> int64_t { return x > 0   ? 1
                                                                          : x < 0 ? -1
                                                                                  : 0; },
    .onnx = {{"", "Sign", 9, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
