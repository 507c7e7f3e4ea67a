// SPDX-License-Identifier: Apache-2.0
#include "passes/layer_channels.h"

#include <algorithm>

#include "ir/op_def.h"

namespace tinyc {

bool pads(const ir::Op& op) {
  return std::ranges::any_of(op.integers("pads"), [](int64_t pad) { return pad != 0; });
}

std::optional<LayerChannels> layer_channels(const ir::Op& op) {
  const bool conv = op.is("conv");
  if (!conv && !op.is("fully_connected")) return std::nullopt;
  if (!op.operand_type(0).quantized() || !op.operand_type(1).quantized() || !op.result_type().quantized())
    return std::nullopt;
  LayerChannels layer{};
  layer.weights = ir::constant_data(op.operand(1));
  layer.bias = op.operand(2) ? ir::constant_data(op.operand(2)) : nullptr;
  if (!layer.weights || (op.operand(2) && !layer.bias)) return std::nullopt;
  const ir::Shape& shape = layer.weights->shape();
  layer.outputs = shape[0];
  layer.inputs_per_group = shape.back();
  if (layer.outputs == 0 || layer.inputs_per_group == 0) return std::nullopt;
  layer.taps = layer.weights->size() / (layer.outputs * layer.inputs_per_group);
  layer.groups = conv ? op.integer("groups") : 1;
  layer.padded = conv && pads(op);
  return layer;
}

bool keeps_channels(const ir::Op& op) {
  if (op.operands.empty() || op.results.size() != 1 || op.result_type().rank() < 1) return false;
  const ir::Type& x = op.operand_type(0);
  const ir::Type& y = op.result_type();
  if (!x.quantized() || !y.quantized() || x.rank() < 2 || y.rank() < 2 || x.shape.back() != y.shape.back())
    return false;
  if (op.is("max_pool") || op.is("average_pool") || op.is("reshape")) return true;
  if (!op.is("reduce_mean")) return false;
  const auto& axes = op.integers("axes");
  return std::ranges::find(axes, x.rank() - 1) == axes.end();
}

}  // namespace tinyc
