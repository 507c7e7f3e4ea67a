// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

void import_fast_gelu(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (x && importer.has_input(1)) x = importer.make("add", {x, importer.input(1)});
  if (x) importer.emit("gelu_tanh", {x});
}

}  // namespace

extern const OpDef gelu_tanh_op = unary_op({
    .name = "gelu_tanh",
    .summary = "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))",
    .doc = "The tanh approximation of gelu.",
    .function =
        [](double x, std::span<const double>) {
          return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
        },
    .onnx = {{"com.microsoft", "FastGelu", 1, kNewest, import_fast_gelu}},
});

}  // namespace tinyc::ir
