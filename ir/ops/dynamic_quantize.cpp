// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  if (op.operand_type(0).element != Element::f32) return Failure{"the operand must be f32"};
  op.results[0]->type = {Element::u8, op.operand_type(0).shape, std::nullopt};
  op.results[1]->type = {Element::f32, {}, std::nullopt};
  op.results[2]->type = {Element::u8, {}, std::nullopt};
  return {};
}

// Every step in float32, as ONNX Runtime computes it.
void reference(const Op&, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  float low = 0;
  float high = 0;
  for (const float x : operands[0]->view<float>()) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  const float scale = low == high ? 1.0F : (high - low) / 255.0F;
  const float zero_point = std::nearbyint(std::clamp(0.0F - low / scale, 0.0F, 255.0F));
  results[1].set_real(0, static_cast<double>(scale));
  results[2].set_real(0, static_cast<double>(zero_point));
  int64_t i = 0;
  for (const float x : operands[0]->view<float>()) {
    const float shifted = std::nearbyint(x / scale) + zero_point;
    results[0].set_real(i++, static_cast<double>(std::clamp(shifted, 0.0F, 255.0F)));
  }
}

void import_dynamic_quantize(OnnxImporter& importer) {
  if (Value* x = importer.input(0)) importer.emit("dynamic_quantize", {x});
}

}  // namespace

extern const OpDef dynamic_quantize_op = {
    .name = "dynamic_quantize",
    .summary = "f32 to u8 with scale and zero point from the data at hand.",
    .doc =
        "The range is that of the data and 0. scale = (high - low) / 255, or 1 if both are 0; zero_point = "
        "round(clamp(-low / scale)); y = clamp(round(x / scale) + zero_point); every step in float32, ties to even.",
    .operands = {{"x"}},
    .results = {"y", "scale", "zero_point"},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "DynamicQuantizeLinear", 11, kNewest, import_dynamic_quantize}},
};

}  // namespace tinyc::ir
