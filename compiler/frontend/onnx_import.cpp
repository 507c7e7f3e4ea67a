// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/onnx_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/frontend/onnx_prepare.h"
#include "ir/fold.h"
#include "ir/onnx_import.h"
#include "ir/verify.h"

namespace tinyc {
namespace {

using ir::OnnxGraph;
using ir::OnnxModel;
using ir::OnnxNode;
using ir::Value;

class Importer final : public ir::OnnxImporter {
 public:
  Importer(ir::Graph& graph, Diagnostics& diagnostics, const OnnxModel& model, const ImportOptions& options)
      : OnnxImporter(graph, diagnostics), model_(model), options_(options) {}

  void run() {
    check_dim_names();
    const OnnxGraph& source = model_.graph;
    std::set<std::string> initializers;
    for (const ir::OnnxInitializer& initializer : source.initializers) {
      initializers.insert(initializer.name);
      values_[initializer.name] = builder_.constant(initializer.data, initializer.name);
    }
    for (const ir::OnnxValueInfo& input : source.inputs) {
      if (!initializers.count(input.name)) import_input(input);
    }
    for (const OnnxNode& next : prepared_nodes(model_, diagnostics_)) import_node(next);
    for (const ir::OnnxValueInfo& output : source.outputs) import_output(output);
  }

 private:
  void bind(const std::string& name, Value* value) override {
    if (name.empty() || !value) return;
    values_[name] = value;
    if (value->producer && named_.insert(value).second) builder_.graph().rename(value, name);
  }

  void check_dim_names() {
    std::set<std::string> known;
    for (const ir::OnnxValueInfo& input : model_.graph.inputs) {
      for (const ir::OnnxDim& dim : input.dims.value_or(std::vector<ir::OnnxDim>{})) known.insert(dim.symbol);
    }
    for (const auto& [name, value] : options_.dims) {
      if (known.count(name)) continue;
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
    values_[input.name] = builder_.graph().add_input(input.name, std::move(type));
  }

  std::optional<int64_t> pin(const ir::OnnxDim& dim, size_t axis, const std::string& input) {
    if (dim.value && *dim.value > 0) return dim.value;
    if (const auto given = options_.dims.find(dim.symbol); !dim.symbol.empty() && given != options_.dims.end())
      return given->second;
    if (dim.value) return dim.value;
    if (axis == 0) {
      diagnostics_.note(Code::T0309, {.tensor = input},
                        fmt::format("dimension 0{} is taken as 1", dim.symbol.empty() ? "" : " ('" + dim.symbol + "')"),
                        dim.symbol.empty() ? "" : fmt::format("--dim {}=N chooses another size", dim.symbol));
      return 1;
    }
    diagnostics_.error(
        Code::T0304, {.tensor = input},
        fmt::format("dimension {}{} has no fixed size", axis, dim.symbol.empty() ? "" : " ('" + dim.symbol + "')"),
        dim.symbol.empty() ? "export the model with a fixed shape" : fmt::format("--dim {}=N", dim.symbol));
    return std::nullopt;
  }

  void import_node(const OnnxNode& next) {
    node_ = &next;
    const auto opset = model_.opsets.find(next.domain);
    opset_ = opset == model_.opsets.end() ? 1 : opset->second;
    const ir::OnnxRule* rule = find_rule(next);
    if (!rule) return report_unsupported(next);
    inputs_.clear();
    for (const std::string& name : next.inputs) {
      const auto found = values_.find(name);
      if (!name.empty() && found == values_.end()) return;  // an earlier, reported problem
      inputs_.push_back(name.empty() ? nullptr : found->second);
    }
    builder_.set_origin({next.name});
    rule->import(*this);
  }

  const ir::OnnxRule* find_rule(const OnnxNode& wanted) const {
    for (const ir::OpDef* op : ir::all_ops()) {
      for (const ir::OnnxRule& rule : op->onnx) {
        if (rule.op_type == wanted.op_type && rule.domain == wanted.domain && rule.since <= opset_ &&
            opset_ <= rule.until)
          return &rule;
      }
    }
    return nullptr;
  }

  void report_unsupported(const OnnxNode& unsupported_node) {
    const std::string domain = unsupported_node.domain.empty() ? "ai.onnx" : unsupported_node.domain;
    diagnostics_.error(
        Code::T0303, {.node = unsupported_node.name, .op = unsupported_node.op_type},
        fmt::format("operator {} of {} (opset {}) is not supported", unsupported_node.op_type, domain, opset_),
        "tinyc --print-ops lists what is");
  }

  void import_output(const ir::OnnxValueInfo& output) {
    const auto found = values_.find(output.name);
    if (found != values_.end()) return builder_.graph().add_output(found->second);
    if (!diagnostics_.has_errors())
      diagnostics_.error(Code::T0302, {.tensor = output.name}, "graph output that no node makes");
  }

  const OnnxModel& model_;
  const ImportOptions& options_;
  std::map<std::string, Value*> values_;
  std::set<const Value*> named_;
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
