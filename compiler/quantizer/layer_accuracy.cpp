// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/layer_accuracy.h"

#include "compiler/quantizer/match_layers.h"
#include "ir/interpret.h"

namespace tinyc {
namespace {

using ir::Value;

std::optional<double> step_of(const ir::Type& type) {
  if (!type.quantized() || !type.quant->per_tensor()) return std::nullopt;
  return type.quant->scale();
}

LayerAccuracy layer_of(const LayerMatch& match) {
  const Value& value = *match.executed;
  LayerAccuracy layer;
  layer.name = value.name;
  layer.reference = match.reference->name;
  layer.matched_by = match.by;
  layer.op = value.producer->name();
  layer.nodes = value.producer->origin;
  layer.type = ir::type_text(value.type);
  layer.step = value.type.quantized() ? step_of(value.type) : step_of(match.reference->type);
  return layer;
}

std::vector<UnmatchedLayer> unmatched(const std::vector<LeftLayer>& left) {
  std::vector<UnmatchedLayer> layers;
  for (const LeftLayer& layer : left)
    layers.push_back({layer.shown->name, std::string(layer.op->name()), layer.op->origin});
  return layers;
}

}  // namespace

LayerComparison::LayerComparison(const ir::Graph& reference, const ir::Graph& imported, const ir::Graph& executed)
    : reference_(reference), executed_(executed) {
  const LayerMatches found = match_layers(reference, imported, executed);
  for (const LayerMatch& match : found.matches) {
    partners_[match.executed] = {match.reference, layers_.size()};
    layers_.push_back(layer_of(match));
  }
  only_in_reference_ = unmatched(found.only_in_reference);
  only_in_executed_ = unmatched(found.only_in_executed);
}

std::vector<ir::Tensor> LayerComparison::run(std::span<const ir::Tensor> reference_inputs,
                                             std::span<const ir::Tensor> executed_inputs) {
  std::unordered_map<const Value*, std::vector<double>> expected;
  for (const auto& [executed, partner] : partners_) expected[partner.reference] = {};
  ir::interpret(reference_, reference_inputs, [&](const Value& value, const ir::Tensor& tensor) {
    const auto wanted = expected.find(&value);
    if (wanted != expected.end()) wanted->second = real_values(tensor, value.type);
  });
  return ir::interpret(executed_, executed_inputs, [&](const Value& value, const ir::Tensor& tensor) {
    const auto found = partners_.find(&value);
    if (found == partners_.end()) return;
    const Value& reference = *found->second.reference;
    const std::vector<double>& wanted = expected.at(&reference);
    const std::vector<double> ordered =
        in_order_of(wanted, reference.type.shape, real_values(tensor, value.type), value.type.shape);
    layers_[found->second.layer].difference.add(wanted, ordered, reference.type.shape);
  });
}

}  // namespace tinyc
