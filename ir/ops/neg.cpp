// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {
constexpr char kName[] = "neg";
}  // namespace

extern const OpDef neg_op = unary_op({
    .name = kName,
    .summary = "-x",
    .doc = "Of plain integers it wraps: the lowest value stays itself.",
    .function = [](double x, std::span<const double>) { return -x; },
    .integer = [](int64_t x, std::span<const double>) -> int64_t {
      return static_cast<int64_t>(0 - static_cast<uint64_t>(x));
    },
    .onnx = {{"", "Neg", 6, kNewest, import_unary<kName>}},
});

}  // namespace tinyc::ir
