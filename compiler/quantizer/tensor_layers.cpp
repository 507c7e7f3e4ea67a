// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/tensor_layers.h"

#include <algorithm>

#include "ir/op_def.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

// The result has its operand's numbers, but for one rounding.
bool keeps_layer(const Op& op) {
  const Value* from = op.operand(0);
  if (op.is("quantize")) return !(from->producer && from->producer->is("dequantize")) && !from->type.quantized();
  return op.is("dequantize") || op.is("quant_cast") || op.is("copy") || op.is("transpose");
}

}  // namespace

bool is_layer(const Op& op) {
  constexpr std::string_view kSame[] = {"constant", "copy", "dequantize", "quant_cast"};
  return std::find(std::begin(kSame), std::end(kSame), op.name()) == std::end(kSame) && !op.def->traits.moves_only;
}

bool is_made_up(const Value& value) {
  return value.name.starts_with("v_") && value.name.find_first_not_of("0123456789", 2) == std::string::npos;
}

TensorLayers::TensorLayers(const ir::Graph& graph) : graph_(graph) {
  const auto begin_layer = [&](const Value* value) {
    index_[value->name] = layers_.size();
    layers_.push_back({value});
  };
  for (const Value* input : graph.inputs()) begin_layer(input);
  for (const auto& op : graph.ops()) {
    const bool computed =
        op->def->traits.random || std::any_of(op->operands.begin(), op->operands.end(),
                                              [&](const Value* v) { return v && index_.contains(v->name); });
    if (!computed) continue;
    for (const Value* result : op->results) {
      if (!keeps_layer(*op)) {
        begin_layer(result);
        continue;
      }
      const size_t layer = index_.at(op->operand(0)->name);
      index_[result->name] = layer;
      layers_[layer].push_back(result);
    }
  }
}

const TensorLayers::Layer* TensorLayers::layer_of(const std::string& tensor) const {
  const auto found = index_.find(tensor);
  return found == index_.end() ? nullptr : &layers_[found->second];
}

const Value* TensorLayers::find(const std::string& tensor) const {
  const Layer* layer = layer_of(tensor);
  if (!layer) return nullptr;
  return *std::find_if(layer->begin(), layer->end(), [&](const Value* value) { return value->name == tensor; });
}

const Op* TensorLayers::only_elementwise_reader(const Layer& layer) const {
  const Op* reader = nullptr;
  for (const Value* value : layer) {
    if (graph_.is_output(value)) return nullptr;
    for (const Op* user : value->users) {
      if (layer_of(user->result()->name) == &layer) continue;
      if (reader) return nullptr;
      reader = user;
    }
  }
  if (!reader || !reader->def->traits.elementwise) return nullptr;
  const auto computed = std::count_if(reader->operands.begin(), reader->operands.end(),
                                      [&](const Value* v) { return v && index_.contains(v->name); });
  return computed == 1 ? reader : nullptr;
}

}  // namespace tinyc
