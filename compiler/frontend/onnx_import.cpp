// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/onnx_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/frontend/onnx_prepare.h"
#include "ir/onnx/rules.h"
#include "ir/onnx_import.h"
#include "ir/verify.h"

namespace tinyc {
namespace {

using ir::OnnxGraph;
using ir::OnnxModel;
using ir::OnnxNode;
using ir::Value;

constexpr int kDeepestBody = 32;

class Importer final : public ir::OnnxImporter {
 public:
  Importer(ir::Graph& graph, Diagnostics& diagnostics, const OnnxModel& model, const ImportOptions& options)
      : OnnxImporter(graph, diagnostics), model_(model), options_(options) {}

  void run() {
    check_dim_names();
    const OnnxGraph& source = model_.graph;
    import_initializers(source);
    for (const ir::OnnxValueInfo& input : states_last(source.inputs, true)) {
      if (find(input.name)) continue;
      const auto fixed = options_.fixed_inputs.find(input.name);
      if (fixed == options_.fixed_inputs.end()) {
        import_input(input);
      } else {
        scopes_.back()[input.name] = builder_.constant(fixed->second, input.name);
      }
    }
    for (const OnnxNode& next : prepared_nodes(model_, source, {}, diagnostics_)) import_node(next);
    for (const ir::OnnxValueInfo& output : states_last(source.outputs, false)) import_output(output);
    check_states();
  }

 private:
  void bind(const std::string& name, Value* value) override {
    if (name.empty() || !value) return;
    scopes_.back()[name] = value;
    if (value->producer && named_.insert(value).second) builder_.graph().rename(value, name);
  }

  // Innermost first: bodies of If see the tensors around them.
  Value* find(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto found = scope->find(name); found != scope->end()) return found->second;
    }
    return nullptr;
  }

  void import_initializers(const OnnxGraph& source) {
    for (const ir::OnnxInitializer& initializer : source.initializers)
      scopes_.back()[initializer.name] = builder_.constant(initializer.data, initializer.name);
  }

  // The model's inputs or outputs, those that are states behind the others in the order of the options.
  std::vector<ir::OnnxValueInfo> states_last(const std::vector<ir::OnnxValueInfo>& ports, bool inputs) {
    std::vector<ir::OnnxValueInfo> others = ports, states;
    for (const auto& [in, out] : options_.states) {
      const std::string& name = inputs ? in : out;
      const auto found =
          std::find_if(others.begin(), others.end(), [&](const ir::OnnxValueInfo& port) { return port.name == name; });
      if (found == others.end()) {
        std::string list;
        for (const ir::OnnxValueInfo& port : others) list += (list.empty() ? "" : ", ") + port.name;
        diagnostics_.error(Code::T0602, {},
                           fmt::format("--state {}={}: the model has no {} of that name, or it was given twice", in,
                                       out, inputs ? "input" : "output"),
                           (inputs ? "inputs: " : "outputs: ") + list);
        continue;
      }
      states.push_back(std::move(*found));
      others.erase(found);
    }
    others.insert(others.end(), states.begin(), states.end());
    return others;
  }

  void check_states() {
    if (diagnostics_.has_errors()) return;
    const ir::Graph& graph = builder_.graph();
    const size_t count = options_.states.size();
    if (count > graph.inputs().size())  // an input with an initialiser is none
      return diagnostics_.error(Code::T0602, {}, "--state names an input that has a constant value", "leave it out");
    for (size_t i = 0; i < count; ++i) {
      const ir::Value* in = graph.inputs()[graph.inputs().size() - count + i];
      const ir::Value* out = graph.outputs()[graph.outputs().size() - count + i];
      if (in->type.element == out->type.element && in->type.shape == out->type.shape) continue;
      diagnostics_.error(Code::T0602, {},
                         fmt::format("--state {}={}: the input is {}, the output {}", options_.states[i].first,
                                     options_.states[i].second, type_text(in->type), type_text(out->type)),
                         "a state has one type");
    }
  }

  void check_dim_names() {
    std::set<std::string> known;   // symbols
    std::set<std::string> places;  // INPUT.AXIS of all dimensions without a size
    for (const ir::OnnxValueInfo& input : model_.graph.inputs) {
      const std::vector<ir::OnnxDim> dims = input.dims.value_or(std::vector<ir::OnnxDim>{});
      for (size_t axis = 0; axis < dims.size(); ++axis) {
        known.insert(dims[axis].symbol);
        if (!dims[axis].value) places.insert(place_name(input.name, axis));
      }
    }
    for (const auto& [name, value] : options_.dims) {
      if (known.count(name) || places.count(name)) continue;
      std::string list;
      for (const std::string& symbol : known) {
        if (!symbol.empty()) list += (list.empty() ? "" : ", ") + symbol;
      }
      diagnostics_.error(Code::T0304, {}, fmt::format("no input has a dimension named '{}'", name),
                         list.empty() ? "the model's inputs have no named dimensions" : "named dimensions: " + list);
    }
  }

  void import_input(const ir::OnnxValueInfo& input) {
    const Location where{.tensor = input.name};
    if (!input.element) {
      diagnostics_.error(Code::T0310, where,
                         "graph input of type " + (input.type_text.empty() ? "unknown" : input.type_text));
      return;
    }
    if (!input.dims) {
      diagnostics_.error(Code::T0304, where, "the input has no shape", "export the model with static shapes");
      return;
    }
    ir::Type type{*input.element, {}, std::nullopt};
    for (size_t axis = 0; axis < input.dims->size(); ++axis) {
      if (const auto dim = pin((*input.dims)[axis], axis, input.name)) type.shape.push_back(*dim);
    }
    if (type.shape.size() != input.dims->size()) return;
    if (!ir::checked_element_count(type.shape))
      return diagnostics_.error(Code::T0308, where, "shape " + ir::shape_text(type.shape));
    scopes_.back()[input.name] = builder_.graph().add_input(input.name, std::move(type));
  }

  // How --dim names a dimension by its place.
  static std::string place_name(const std::string& input, size_t axis) { return fmt::format("{}.{}", input, axis); }

  std::optional<int64_t> pin(const ir::OnnxDim& dim, size_t axis, const std::string& input) {
    if (dim.value && *dim.value > 0) return dim.value;
    if (const auto given = options_.dims.find(dim.symbol); !dim.symbol.empty() && given != options_.dims.end())
      return given->second;
    if (dim.value) return dim.value;
    if (const auto given = options_.dims.find(place_name(input, axis)); given != options_.dims.end())
      return given->second;
    if (axis == 0) {
      diagnostics_.note(Code::T0309, {.tensor = input},
                        fmt::format("dimension 0{} is taken as 1", dim.symbol.empty() ? "" : " ('" + dim.symbol + "')"),
                        dim.symbol.empty() ? "" : fmt::format("--dim {}=N chooses another size", dim.symbol));
      return 1;
    }
    diagnostics_.error(
        Code::T0304, {.tensor = input},
        fmt::format("dimension {}{} has no fixed size", axis, dim.symbol.empty() ? "" : " ('" + dim.symbol + "')"),
        fmt::format("--dim {}=N", dim.symbol.empty() ? place_name(input, axis) : dim.symbol));
    return std::nullopt;
  }

  void import_node(const OnnxNode& next) {
    node_ = &next;
    const auto opset = model_.opsets.find(next.domain);
    opset_ = next.opset ? *next.opset : opset == model_.opsets.end() ? 1 : opset->second;
    const ir::OnnxRule* rule = ir::find_onnx_rule(next.domain, next.op_type, opset_);
    if (!rule) return report_unsupported();
    inputs_.clear();
    for (const std::string& name : next.inputs) {
      Value* value = name.empty() ? nullptr : find(name);
      if (!name.empty() && !value) return;  // an earlier, reported problem
      inputs_.push_back(value);
    }
    builder_.set_origin({next.name});
    rule->import(*this);
  }

  // The node at hand is set aside meanwhile.
  std::vector<Value*> inline_body(const OnnxGraph& body, const std::vector<Value*>& arguments) override {
    if (depth_ >= kDeepestBody || arguments.size() > body.inputs.size()) {
      error(Code::T0302, "graphs in nodes are nested too deeply, or take fewer inputs than they are given");
      return {};
    }
    std::set<std::string> outer;
    for (const auto& scope : scopes_) {
      for (const auto& [name, value] : scope) outer.insert(name);
    }
    const OnnxNode* const node = node_;
    const int64_t version = opset_;
    const std::vector<Value*> inputs = inputs_;
    scopes_.emplace_back();
    ++depth_;
    for (size_t i = 0; i < arguments.size(); ++i) scopes_.back()[body.inputs[i].name] = arguments[i];
    import_initializers(body);
    for (const OnnxNode& next : prepared_nodes(model_, body, outer, diagnostics_)) import_node(next);
    std::vector<Value*> results;
    for (const ir::OnnxValueInfo& output : body.outputs) results.push_back(find(output.name));
    --depth_;
    scopes_.pop_back();
    node_ = node;
    opset_ = version;
    inputs_ = inputs;
    builder_.set_origin({node->name});
    return results;
  }

  void report_unsupported() {
    const std::string domain = node_->domain.empty() ? "ai.onnx" : node_->domain;
    const std::string nearest = ir::nearest_onnx_rules(node_->domain, node_->op_type);
    unsupported(fmt::format("operator {} of {} (opset {}) is not supported", node_->op_type, domain, opset_),
                nearest.empty() ? "tinyc --print-ops lists what is" : "supported is " + nearest);
  }

  void import_output(const ir::OnnxValueInfo& output) {
    Value* value = find(output.name);
    if (value && sequence(value))
      return diagnostics_.error(Code::T0310, {.tensor = output.name}, "graph output of type sequence",
                                "end the model with ConcatFromSequence, or make its tensors outputs");
    if (value) return builder_.graph().add_output(under_name(value, output.name));
    if (!diagnostics_.has_errors())
      diagnostics_.error(Code::T0302, {.tensor = output.name}, "graph output that no node makes");
  }

  // An input, or a value that is an output already, keeps its own name: the output is a copy.
  Value* under_name(Value* value, const std::string& name) {
    const auto outputs = builder_.graph().outputs();
    const bool taken = !value->producer || std::find(outputs.begin(), outputs.end(), value) != outputs.end();
    if (!taken || value->name == name) return value;
    Value* copy = builder_.make("copy", {value});
    builder_.graph().rename(copy, name);
    return copy;
  }

  const OnnxModel& model_;
  const ImportOptions& options_;
  std::vector<std::map<std::string, Value*>> scopes_{1};  // tensors by ONNX name; one more per body being imported
  std::set<const Value*> named_;
  int depth_ = 0;
};

}  // namespace

std::unique_ptr<ir::Graph> import_onnx(const OnnxModel& model, const ImportOptions& options, Diagnostics& diagnostics) {
  auto graph = std::make_unique<ir::Graph>(model.graph.name);
  Importer importer(*graph, diagnostics, model, options);
  importer.run();
  if (diagnostics.has_errors()) return nullptr;
  if (const Status status = ir::verify(*graph); !status) TINYC_BUG("import: " + status.message());
  return graph;
}

}  // namespace tinyc
