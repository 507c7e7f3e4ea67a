// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/onnx_prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tinyc {
namespace {

using ir::OnnxAttribute;
using ir::OnnxFunction;
using ir::OnnxGraph;
using ir::OnnxModel;
using ir::OnnxNode;

constexpr int kDeepestCall = 64;
constexpr size_t kMostNodes = 200'000;

class Inliner {
 public:
  Inliner(const OnnxModel& model, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    for (const OnnxFunction& function : model.functions)
      functions_[{function.domain, function.name, function.overload}] = &function;
  }

  void add(const OnnxNode& node, int depth, std::vector<OnnxNode>& to) {
    const auto found = functions_.find({node.domain, node.op_type, node.overload});
    if (found == functions_.end()) return to.push_back(node);
    if (depth >= kDeepestCall || to.size() > kMostNodes) {
      if (!reported_)
        diagnostics_.error(Code::T0302, {.node = node.name, .op = node.op_type},
                           "model-local functions call each other without end");
      reported_ = true;
      return;
    }
    inline_call(node, *found->second, depth, to);
  }

 private:
  void inline_call(const OnnxNode& call, const OnnxFunction& function, int depth, std::vector<OnnxNode>& to) {
    std::map<std::string, std::string> names;  // inside -> outside
    for (size_t i = 0; i < function.inputs.size(); ++i)
      names[function.inputs[i]] = i < call.inputs.size() ? call.inputs[i] : "";
    for (size_t i = 0; i < function.outputs.size(); ++i) {
      if (i < call.outputs.size() && !call.outputs[i].empty()) names[function.outputs[i]] = call.outputs[i];
    }
    const std::string prefix = fmt::format("{}{}/", call.name, ++calls_);
    for (OnnxNode node : function.nodes) {
      node.name = call.name + "/" + node.name;
      set_opset(node, function);
      rename(node.inputs, names, prefix);
      rename(node.outputs, names, prefix);
      for (auto& [name, attribute] : node.attributes) rename_captures(attribute, names, prefix);
      bind_attributes(node, call, function);
      add(node, depth + 1, to);
    }
  }

  // The body is written against the opsets that the function imports.
  static void set_opset(OnnxNode& node, const OnnxFunction& function) {
    if (const auto own = function.opsets.find(node.domain); own != function.opsets.end()) node.opset = own->second;
    for (auto& [name, attribute] : node.attributes) {
      if (!attribute.graph) continue;
      attribute.graph = std::make_shared<OnnxGraph>(*attribute.graph);
      for (OnnxNode& nested : attribute.graph->nodes) set_opset(nested, function);
    }
  }

  static void rename(std::vector<std::string>& list, std::map<std::string, std::string>& names,
                     const std::string& prefix) {
    for (std::string& name : list) {
      if (!name.empty()) name = names.try_emplace(name, prefix + name).first->second;
    }
  }

  // Subgraphs of a function body may use the function's tensors.
  static void rename_captures(OnnxAttribute& attribute, std::map<std::string, std::string> names,
                              const std::string& prefix) {
    if (!attribute.graph) return;
    auto graph = std::make_shared<OnnxGraph>(*attribute.graph);
    const auto local = [&](std::string& name) {
      if (!name.empty()) name = names[name] = prefix + name;
    };
    for (auto& input : graph->inputs) local(input.name);
    for (auto& initializer : graph->initializers) local(initializer.name);
    for (OnnxNode& node : graph->nodes) {
      rename(node.inputs, names, prefix);
      rename(node.outputs, names, prefix);
      for (auto& [name, nested] : node.attributes) rename_captures(nested, names, prefix);
    }
    for (auto& output : graph->outputs) {
      if (const auto found = names.find(output.name); found != names.end()) output.name = found->second;
    }
    attribute.graph = graph;
  }

  // An attribute that refers to one of the function's takes the call's value, or the function's default, or goes away.
  static void bind_attributes(OnnxNode& node, const OnnxNode& call, const OnnxFunction& function) {
    std::map<std::string, OnnxAttribute> bound;
    for (const auto& [name, attribute] : node.attributes) {
      if (attribute.reference.empty()) {
        bound[name] = attribute;
      } else if (const auto given = call.attributes.find(attribute.reference); given != call.attributes.end()) {
        bound[name] = given->second;
      } else if (const auto fallback = function.attribute_defaults.find(attribute.reference);
                 fallback != function.attribute_defaults.end()) {
        bound[name] = fallback->second;
      }
    }
    node.attributes = std::move(bound);
  }

  Diagnostics& diagnostics_;
  std::map<std::tuple<std::string, std::string, std::string>, const OnnxFunction*> functions_;
  int calls_ = 0;
  bool reported_ = false;
};

// Tensors of the outer graph that a subgraph uses.
void collect_captures(const OnnxGraph& graph, std::set<std::string> local, std::set<std::string>& used) {
  for (const auto& input : graph.inputs) local.insert(input.name);
  for (const auto& initializer : graph.initializers) local.insert(initializer.name);
  for (const OnnxNode& node : graph.nodes) {
    for (const std::string& name : node.inputs) {
      if (!name.empty() && !local.count(name)) used.insert(name);
    }
    for (const auto& [key, attribute] : node.attributes) {
      if (attribute.graph) collect_captures(*attribute.graph, local, used);
    }
    local.insert(node.outputs.begin(), node.outputs.end());
  }
  for (const auto& output : graph.outputs) {
    if (!local.count(output.name)) used.insert(output.name);
  }
}

std::set<std::string> needs_of(const OnnxNode& node) {
  std::set<std::string> needs(node.inputs.begin(), node.inputs.end());
  for (const auto& [key, attribute] : node.attributes) {
    if (attribute.graph) collect_captures(*attribute.graph, {}, needs);
  }
  needs.erase("");
  return needs;
}

// Depth-first over producers with an own stack (models may be deep); keeps the file's order where it is valid.
class Sorter {
 public:
  Sorter(const std::vector<OnnxNode>& nodes, Diagnostics& diagnostics)
      : nodes_(nodes), diagnostics_(diagnostics), state_(nodes.size(), State::fresh) {}

  std::vector<OnnxNode> sort(const std::set<std::string>& given) {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (const std::string& name : nodes_[i].outputs) {
        if (name.empty()) continue;
        if (given.count(name) || !producer_.try_emplace(name, i).second) {
          diagnostics_.error(Code::T0302, {.node = nodes_[i].name, .op = nodes_[i].op_type, .tensor = name},
                             "the tensor is made twice");
        }
      }
    }
    for (size_t i = 0; i < nodes_.size(); ++i) visit(i, given);
    return std::move(sorted_);
  }

 private:
  enum class State : uint8_t { fresh, open, done };

  void visit(size_t root, const std::set<std::string>& given) {
    std::vector<size_t> stack = {root};
    while (!stack.empty()) {
      const size_t at = stack.back();
      if (state_[at] == State::done) {
        stack.pop_back();
        continue;
      }
      const bool first = state_[at] == State::fresh;
      state_[at] = State::open;
      const size_t depth = stack.size();
      for (const std::string& name : needs_of(nodes_[at])) {
        const auto producer = producer_.find(name);
        if (producer == producer_.end()) {
          if (first && !given.count(name)) missing(nodes_[at], name);
        } else if (state_[producer->second] == State::fresh) {
          stack.push_back(producer->second);
        } else if (state_[producer->second] == State::open && first) {
          diagnostics_.error(Code::T0302, {.node = nodes_[at].name, .op = nodes_[at].op_type, .tensor = name},
                             "the graph has a cycle through this node");
        }
      }
      if (stack.size() == depth) {
        state_[at] = State::done;
        sorted_.push_back(nodes_[at]);
        stack.pop_back();
      }
    }
  }

  void missing(const OnnxNode& node, const std::string& name) {
    diagnostics_.error(Code::T0302, {.node = node.name, .op = node.op_type, .tensor = name},
                       "the tensor is used but nothing makes it");
  }

  const std::vector<OnnxNode>& nodes_;
  Diagnostics& diagnostics_;
  std::map<std::string, size_t> producer_;
  std::vector<State> state_;
  std::vector<OnnxNode> sorted_;
};

std::vector<OnnxNode> without_dead_nodes(std::vector<OnnxNode> sorted, const OnnxGraph& graph) {
  std::set<std::string> needed;
  for (const auto& output : graph.outputs) needed.insert(output.name);
  std::vector<OnnxNode> live;
  for (auto node = sorted.rbegin(); node != sorted.rend(); ++node) {
    const bool used = std::any_of(node->outputs.begin(), node->outputs.end(),
                                  [&](const std::string& name) { return !name.empty() && needed.count(name); });
    if (!used) continue;
    needed.merge(needs_of(*node));
    live.push_back(std::move(*node));
  }
  std::reverse(live.begin(), live.end());
  return live;
}

}  // namespace

std::vector<OnnxNode> prepared_nodes(const OnnxModel& model, const OnnxGraph& graph, const std::set<std::string>& outer,
                                     Diagnostics& diagnostics) {
  std::vector<OnnxNode> flat;
  Inliner inliner(model, diagnostics);
  for (const OnnxNode& node : graph.nodes) inliner.add(node, 0, flat);
  std::set<std::string> given = outer;
  for (const auto& input : graph.inputs) given.insert(input.name);
  for (const auto& initializer : graph.initializers) given.insert(initializer.name);
  Sorter sorter(flat, diagnostics);
  return without_dead_nodes(sorter.sort(given), graph);
}

}  // namespace tinyc
