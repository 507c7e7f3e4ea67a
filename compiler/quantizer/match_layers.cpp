// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/match_layers.h"

#include <algorithm>

#include "compiler/quantizer/value_difference.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

// The model's names are on plain integers and on dequantized floats.
const Value* quantised_form(const Value* value) {
  if (value->type.quantized()) return value;
  const Op* maker = value->producer;
  if (maker && (maker->is("dequantize") || maker->is("quant_cast")) && maker->operand_type(0).quantized()) {
    return maker->operand(0);
  }
  for (const Op* user : value->users) {
    if (user->is("quant_cast") && user->result_type().quantized()) return user->result();
  }
  return value;
}

// The same numbers under the name that the model has for them, where passes have put the operator before a reshape.
const Value* moved_form(const Value* value) {
  for (const Op* user : value->users) {
    if (user->is("reshape") || user->is("transpose") || user->is("quant_cast")) return user->result();
  }
  return nullptr;
}

class Matcher {
 public:
  Matcher(const ir::Graph& reference, const ir::Graph& imported, const ir::Graph& executed)
      : reference_graph_(reference),
        executed_graph_(executed),
        reference_(reference),
        imported_(imported),
        executed_(executed),
        same_model_(&reference == &imported) {}

  LayerMatches run() {
    for (const TensorLayers::Layer& layer : executed_.all()) {
      for (const Value* value : layer) {
        const bool wanted = value->producer && is_layer(*value->producer);
        if (wanted || (value->producer && executed_graph_.is_output(value))) match_named(value);
      }
    }
    for (const TensorLayers::Layer& layer : reference_.all()) {
      const Value* first = layer.front();
      if (first->producer && is_layer(*first->producer) && !matched_.contains(&layer)) left_.push_back(&layer);
    }
    if (!same_model_) match_by_order();
    sort_by_execution();
    for (const TensorLayers::Layer* layer : left_) {
      const auto named = std::find_if(layer->begin(), layer->end(), [](const Value* v) { return !is_made_up(*v); });
      result_.only_in_reference.push_back({layer->front()->producer, named == layer->end() ? layer->front() : *named});
    }
    for (const Value* value : alone_) result_.only_in_executed.push_back({value->producer, value});
    return std::move(result_);
  }

 private:
  void add(const Value* reference, const Value* executed, std::string_view by) {
    matched_.insert(reference_.layer_of(reference->name));
    result_.matches.push_back({quantised_form(reference), executed, by});
  }

  const Value* partner_by_name(const Value* value) const {
    for (const Value* form = value; form; form = moved_form(form)) {
      if (const Value* found = named_like(form->name)) return found;
    }
    return nullptr;
  }

  // Made-up names mean the same in one model only.
  const Value* named_like(const std::string& name) const {
    const auto usable = [&](const Value* found) { return found && (same_model_ || !is_made_up(*found)); };
    if (const Value* found = reference_.find(name); usable(found)) return found;
    const TensorLayers::Layer* others = imported_.layer_of(name);
    if (!others) return nullptr;
    for (const Value* other : *others) {
      if (const Value* found = reference_.find(other->name); usable(found)) return found;
    }
    return nullptr;
  }

  void match_named(const Value* value) {
    const auto fits = [&](const Value* partner) {
      return partner && same_elements(partner->type.shape, value->type.shape);
    };
    if (const Value* partner = partner_by_name(value); fits(partner)) return add(partner, value, "name");
    const auto outputs = executed_graph_.outputs();
    const auto index = static_cast<size_t>(std::find(outputs.begin(), outputs.end(), value) - outputs.begin());
    const bool both = index < outputs.size() && index < reference_graph_.outputs().size();
    if (both && fits(reference_graph_.outputs()[index])) return add(reference_graph_.outputs()[index], value, "output");
    alone_.push_back(value);
  }

  // Ends of chains: a layer whose only reader is an activation or a factor is part of that.
  static bool ends_chain(const TensorLayers& layers, const Value* value) {
    const TensorLayers::Layer* layer = layers.layer_of(value->name);
    return !value->producer->is("pad") && !layers.only_elementwise_reader(*layer);
  }

  void match_by_order() {
    std::vector<const TensorLayers::Layer*> theirs;
    std::vector<const Value*> ours;
    for (const TensorLayers::Layer* layer : left_) {
      if (ends_chain(reference_, layer->front())) theirs.push_back(layer);
    }
    for (const Value* value : alone_) {
      if (ends_chain(executed_, value) && !value->producer->is("quantize")) ours.push_back(value);
    }
    if (ours.size() != theirs.size()) return;
    for (size_t i = 0; i < ours.size(); ++i) {
      if (!same_elements(theirs[i]->front()->type.shape, ours[i]->type.shape)) return;
    }
    for (size_t i = 0; i < ours.size(); ++i) {
      add(theirs[i]->front(), ours[i], "order");
      std::erase(left_, theirs[i]);
      std::erase(alone_, ours[i]);
    }
  }

  void sort_by_execution() {
    std::unordered_map<const Op*, size_t> position;
    for (const auto& op : executed_graph_.ops()) position.emplace(op.get(), position.size());
    std::stable_sort(result_.matches.begin(), result_.matches.end(), [&](const LayerMatch& a, const LayerMatch& b) {
      return position.at(a.executed->producer) < position.at(b.executed->producer);
    });
  }

  const ir::Graph& reference_graph_;
  const ir::Graph& executed_graph_;
  TensorLayers reference_;
  TensorLayers imported_;
  TensorLayers executed_;
  bool same_model_;
  LayerMatches result_;
  std::unordered_set<const TensorLayers::Layer*> matched_;  // of the reference
  std::vector<const Value*> alone_;                         // executed values without a partner
  std::vector<const TensorLayers::Layer*> left_;            // layers of the reference without a partner
};

}  // namespace

LayerMatches match_layers(const ir::Graph& reference, const ir::Graph& imported, const ir::Graph& executed) {
  return Matcher(reference, imported, executed).run();
}

}  // namespace tinyc
