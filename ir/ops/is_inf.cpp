// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

void import_is_inf(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  const auto flag = [&](std::string_view name) { return importer.integer(name, 1) != 0 ? 1.0 : 0.0; };
  importer.emit("is_inf", {x}, {{"negative", flag("detect_negative")}, {"positive", flag("detect_positive")}});
}

}  // namespace

extern const OpDef is_inf_op = unary_op({
    .name = "is_inf",
    .summary = "true where x is infinite",
    .doc = "Of the signs that the attributes name.",
    .attributes = {{"negative", AttributeKind::real, Attribute{1.0}, "1: negative infinity counts"},
                   {"positive", AttributeKind::real, Attribute{1.0}, "1: positive infinity counts"}},
    .function = [](double x,
                   std::span<const double> args) { return std::isinf(x) && args[x < 0 ? 0 : 1] != 0 ? 1.0 : 0.0; },
    .tests = true,
    .onnx = {{"", "IsInf", 10, kNewest, import_is_inf}},
});

}  // namespace tinyc::ir
