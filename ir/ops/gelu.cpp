// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

void import_gelu(OnnxImporter& importer) {
  const std::string approximate = importer.text("approximate", "none");
  Value* x = importer.input(0);
  if (!x) return;
  if (approximate != "none" && approximate != "tanh")
    return importer.error(Code::T0307, "approximate is '" + approximate + "'", "ONNX knows none and tanh");
  importer.emit(approximate == "tanh" ? "gelu_tanh" : "gelu", {x});
}

}  // namespace

extern const OpDef gelu_op = unary_op({
    .name = "gelu",
    .summary = "x / 2 * (1 + erf(x / sqrt(2)))",
    .doc = "The exact form; gelu_tanh is the approximate one.",
    .function = [](double x, std::span<const double>) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); },
    .onnx = {{"", "Gelu", 20, kNewest, import_gelu}, {"com.microsoft", "Gelu", 1, kNewest, import_gelu}},
});

}  // namespace tinyc::ir
