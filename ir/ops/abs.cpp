// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "abs";
}  // namespace

extern const OpDef abs_op = unary_op({
    .name = kName,
    .summary = "|x|",
    .doc = "Of plain integers it wraps: the lowest value stays itself.",
    .function = [](double x, std::span<const double>) { return std::fabs(x); },
    .integer = [](int64_t x, std::span<const double>) -> int64_t {
      return x < 0 ? static_cast<int64_t>(0 - static_cast<uint64_t>(x)) : x;
    },
    .onnx = {{"", "Abs", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
