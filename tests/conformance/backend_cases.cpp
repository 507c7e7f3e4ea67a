// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/backend_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/frontend/onnx_import.h"
#include "compiler/frontend/onnx_reader.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

// The graph inputs that are no initialisers.
std::vector<const ir::OnnxValueInfo*> inputs_of(const ir::OnnxModel& model) {
  std::set<std::string> initialized;
  for (const ir::OnnxInitializer& initializer : model.graph.initializers) initialized.insert(initializer.name);
  std::vector<const ir::OnnxValueInfo*> inputs;
  for (const ir::OnnxValueInfo& info : model.graph.inputs) {
    if (!initialized.count(info.name)) inputs.push_back(&info);
  }
  return inputs;
}

std::optional<std::vector<ir::Tensor>> read_tensors(const fs::path& set, std::string_view prefix, size_t count,
                                                    std::string& problem) {
  std::vector<ir::Tensor> tensors;
  for (size_t i = 0; i < count; ++i) {
    Result<NamedTensor> tensor = read_tensor_proto((set / fmt::format("{}_{}.pb", prefix, i)).string());
    if (!tensor) {
      problem = fmt::format("{}_{}.pb: {}", prefix, i, tensor.message());
      return std::nullopt;
    }
    tensors.push_back(tensor->tensor);
  }
  return tensors;
}

// With dimensions as the data has them, and the inputs from `first_fixed` on as constants.
std::unique_ptr<ir::Graph> import_for(const ir::OnnxModel& model, const std::vector<ir::Tensor>& data,
                                      size_t first_fixed, std::string& reason) {
  Diagnostics diagnostics;
  ImportOptions options;
  const std::vector<const ir::OnnxValueInfo*> inputs = inputs_of(model);
  for (size_t i = 0; i < inputs.size() && i < data.size(); ++i) {
    if (i >= first_fixed) options.fixed_inputs.emplace(inputs[i]->name, data[i]);
    const ir::Shape& shape = data[i].shape();
    for (size_t d = 0; inputs[i]->dims && d < inputs[i]->dims->size() && d < shape.size(); ++d) {
      const ir::OnnxDim& dim = (*inputs[i]->dims)[d];
      if (!dim.value)
        options.dims[dim.symbol.empty() ? fmt::format("{}.{}", inputs[i]->name, d) : dim.symbol] = shape[d];
    }
  }
  std::unique_ptr<ir::Graph> graph = import_onnx(model, options, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity != Severity::error) continue;
    reason = fmt::format("{} ({}): {}", code_info(diagnostic.code).name, diagnostic.where.op, diagnostic.message);
    break;
  }
  return diagnostics.has_errors() ? nullptr : std::move(graph);
}

// Data files of ONNX 1.12 hold bfloat16 as the bits in uint16.
ir::Tensor with_element(const ir::Tensor& data, ir::Element element) {
  if (data.element() != ir::Element::u16 || element != ir::Element::bf16) return data;
  return ir::Tensor(element, data.shape(), {data.data(), data.data() + data.bytes()});
}

// Why the data does not fit the graph's inputs; empty if it does.
std::string misfit(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ir::Type& type = graph.inputs()[i]->type;
    if (inputs[i].shape() != type.shape || inputs[i].element() != type.element)
      return "input " + ir::type_text(inputs[i].type()) + " for " + ir::type_text(type);
  }
  return {};
}

}  // namespace

std::vector<fs::path> case_folders(const fs::path& root) {
  std::vector<fs::path> found;
  if (fs::exists(root / "model.onnx")) found.push_back(root);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory() && fs::exists(entry.path() / "model.onnx")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> data_sets(const fs::path& folder) {
  std::vector<fs::path> sets;
  for (int k = 0; fs::exists(folder / fmt::format("test_data_set_{}", k)); ++k)
    sets.push_back(folder / fmt::format("test_data_set_{}", k));
  return sets;
}

ImportedSet import_set(const ir::OnnxModel& model, const fs::path& set) {
  ImportedSet result;
  std::string problem;
  const size_t count = inputs_of(model).size();
  const auto data = read_tensors(set, "input", count, problem);
  const auto expected = data ? read_tensors(set, "output", model.graph.outputs.size(), problem) : std::nullopt;
  const std::vector<ir::Tensor> inputs = data.value_or(std::vector<ir::Tensor>{});
  for (const size_t first_fixed : {count, size_t{1}, size_t{0}}) {
    std::string reason;
    std::unique_ptr<ir::Graph> graph = import_for(model, inputs, first_fixed, reason);
    if (result.reason.empty()) result.reason = reason;
    if (!graph) continue;
    if (!expected) {
      result.no_data = true;
      result.reason = problem;
      return result;
    }
    result.inputs.assign(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(graph->inputs().size()));
    for (size_t i = 0; i < result.inputs.size(); ++i)
      result.inputs[i] = with_element(result.inputs[i], graph->inputs()[i]->type.element);
    if (const std::string text = misfit(*graph, result.inputs); !text.empty()) {
      result.reason = text;
      return result;
    }
    result.expected = *expected;
    for (size_t i = 0; i < result.expected.size() && i < graph->outputs().size(); ++i)
      result.expected[i] = with_element(result.expected[i], graph->outputs()[i]->type.element);
    result.comparison = comparison_of(model);
    result.graph = std::move(graph);
    result.fixed = first_fixed < count;
    return result;
  }
  return result;
}

Comparison comparison_of(const ir::OnnxModel& model) {
  static const std::set<std::string> kRoomy = {"NonMaxSuppression", "NonZero", "Unique"};
  static const std::set<std::string> kRandom = {"Bernoulli",        "Multinomial",   "RandomNormal",
                                                "RandomNormalLike", "RandomUniform", "RandomUniformLike"};
  for (const ir::OnnxNode& node : model.graph.nodes) {
    if (kRandom.count(node.op_type) != 0) return Comparison::random;
    if (kRoomy.count(node.op_type) != 0) return Comparison::roomy;
  }
  return Comparison::values;
}

namespace {

// The corner of `value` that has the expected shape; nothing if the rest is not filled with -1 or 0.
std::optional<ir::Tensor> filled_corner(const ir::Tensor& value, const ir::Shape& shape) {
  if (value.shape().size() != shape.size()) return std::nullopt;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] > value.shape()[d]) return std::nullopt;
  }
  ir::Tensor corner(value.element(), shape);
  const ir::Shape strides = ir::strides_of(value.shape());
  int64_t next = 0;
  for (int64_t i = 0; i < value.size(); ++i) {
    bool inside = true;
    for (size_t d = 0; d < shape.size(); ++d) inside = inside && i / strides[d] % value.shape()[d] < shape[d];
    if (!inside && value.real(i) != -1 && value.real(i) != 0) return std::nullopt;
    if (inside) corner.set_real(next++, value.real(i));
  }
  return corner;
}

}  // namespace

std::string difference(const ir::Tensor& value, const ir::Tensor& expected, const Accept& accept,
                       Comparison comparison) {
  if (comparison == Comparison::roomy && value.shape() != expected.shape()) {
    if (const auto corner = filled_corner(value, expected.shape())) return difference(*corner, expected, accept);
  }
  if (value.shape() != expected.shape() || value.element() != expected.element())
    return fmt::format("{} instead of {}", ir::type_text(value.type()), ir::type_text(expected.type()));
  if (comparison == Comparison::random) return {};
  for (int64_t i = 0; i < value.size(); ++i) {
    const double a = value.real(i);
    const double b = expected.real(i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const bool real = ir::is_float(value.element());
    const double allowed = real ? accept.atol + accept.rtol * std::fabs(b) : accept.steps;
    if (!(std::fabs(a - b) <= allowed)) return fmt::format("element {} is {} instead of {}", i, a, b);
  }
  return {};
}

std::string class_of(const ir::OnnxModel& model, const std::string& name) {
  using ir::Element;
  constexpr Element kStrict[] = {Element::f32, Element::i8, Element::u8, Element::i32, Element::b1};
  std::vector<const ir::OnnxValueInfo*> ports = inputs_of(model);
  for (const ir::OnnxValueInfo& output : model.graph.outputs) ports.push_back(&output);
  bool training = name.find("training") != std::string::npos;
  for (const ir::OnnxNode& node : model.graph.nodes)
    training = training || node.domain.find("training") != std::string::npos;
  std::string result = training ? "training" : "strict";
  for (const ir::OnnxValueInfo* port : ports) {
    for (const std::string_view kind : {"sequence", "optional", "map", "string"}) {
      if (port->type_text.find(kind) != std::string::npos) return "other";
    }
    const auto fixed = [](const ir::OnnxDim& dim) { return dim.value.has_value(); };
    if (!port->dims || !std::all_of(port->dims->begin(), port->dims->end(), fixed)) result = training ? result : "rest";
    if (training || result == "rest") continue;
    const bool strict =
        port->element && std::find(std::begin(kStrict), std::end(kStrict), *port->element) != std::end(kStrict);
    if (!strict) result = port->element == Element::i64 ? "int64" : "rest";
  }
  return result;
}

}  // namespace tinyc
