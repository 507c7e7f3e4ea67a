// SPDX-License-Identifier: Apache-2.0
// Prints all that the reader sees in a model as JSON, for compare_with_onnx.py: dump_model MODEL.onnx
// Tensor data as SHA-256 of the stored bytes; floats and byte strings as text, which JSON cannot hold otherwise.
#include <fmt/format.h>

#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/sha256.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

using Kind = ir::OnnxAttribute::Kind;

template <class List, class Print>
std::string json_list(const List& items, Print print) {
  std::string text = "[";
  for (const auto& item : items) text += (text.size() > 1 ? ", " : "") + print(item);
  return text + "]";
}

template <class Map, class Print>
std::string json_map(const Map& items, Print print) {
  std::string text = "{";
  for (const auto& [key, item] : items) text += (text.size() > 1 ? ", " : "") + quoted(key) + ": " + print(item);
  return text + "}";
}

std::string json_names(const std::vector<std::string>& names) {
  return json_list(names, [](const std::string& name) { return quoted(name); });
}
std::string json_integer(int64_t value) { return std::to_string(value); }
std::string json_real(double value) { return quoted(shortest(value)); }
std::string json_bytes(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return quoted(text);
}

std::string json_tensor(const ir::Tensor& tensor) {
  const std::string_view bytes(reinterpret_cast<const char*>(tensor.data()), static_cast<size_t>(tensor.bytes()));
  return fmt::format(R"({{"element": "{}", "shape": {}, "sha256": "{}"}})", ir::element_name(tensor.element()),
                     json_list(tensor.shape(), json_integer), sha256_hex(bytes));
}

std::string json_graph(const ir::OnnxGraph& graph);

std::string json_value(const ir::OnnxAttribute& attribute) {
  switch (attribute.kind) {
    case Kind::real:
      return json_real(attribute.real);
    case Kind::integer:
      return json_integer(attribute.integer);
    case Kind::text:
      return json_bytes(attribute.text);
    case Kind::tensor:
      return json_tensor(*attribute.tensor);
    case Kind::graph:
      return json_graph(*attribute.graph);
    case Kind::reals:
      return json_list(attribute.reals, json_real);
    case Kind::integers:
      return json_list(attribute.integers, json_integer);
    case Kind::texts:
      return json_list(attribute.texts, json_bytes);
    case Kind::tensors:
    case Kind::other:
      return "null";
  }
  return "null";
}

std::string json_attribute(const ir::OnnxAttribute& attribute) {
  return fmt::format(R"({{"kind": {}, "value": {}, "reference": {}}})", static_cast<int>(attribute.kind),
                     json_value(attribute), quoted(attribute.reference));
}

std::string json_node(const ir::OnnxNode& node) {
  return fmt::format(
      R"({{"name": {}, "domain": {}, "op": {}, "overload": {}, "inputs": {}, "outputs": {}, "attributes": {}}})",
      quoted(node.name), quoted(node.domain), quoted(node.op_type), quoted(node.overload), json_names(node.inputs),
      json_names(node.outputs), json_map(node.attributes, json_attribute));
}

std::string json_dim(const ir::OnnxDim& dim) { return dim.value ? json_integer(*dim.value) : quoted(dim.symbol); }

std::string json_info(const ir::OnnxValueInfo& info) {
  return fmt::format(R"({{"name": {}, "element": {}, "dims": {}}})", quoted(info.name),
                     info.element ? quoted(ir::element_name(*info.element)) : "null",
                     info.dims ? json_list(*info.dims, json_dim) : "null");
}

std::string json_initializer(const ir::OnnxInitializer& initializer) {
  return fmt::format(R"({{"name": {}, "data": {}}})", quoted(initializer.name), json_tensor(initializer.data));
}

std::string json_graph(const ir::OnnxGraph& graph) {
  return fmt::format(
      R"({{"name": {}, "inputs": {}, "outputs": {}, "value_infos": {}, "initializers": {}, "nodes": {}}})",
      quoted(graph.name), json_list(graph.inputs, json_info), json_list(graph.outputs, json_info),
      json_list(graph.value_infos, json_info), json_list(graph.initializers, json_initializer),
      json_list(graph.nodes, json_node));
}

std::string json_function(const ir::OnnxFunction& function) {
  return fmt::format(R"({{"name": {}, "domain": {}, "overload": {}, "inputs": {}, "outputs": {}, "attributes": {}, )"
                     R"("defaults": {}, "nodes": {}}})",
                     quoted(function.name), quoted(function.domain), quoted(function.overload),
                     json_names(function.inputs), json_names(function.outputs), json_names(function.attributes),
                     json_map(function.attribute_defaults, json_attribute), json_list(function.nodes, json_node));
}

std::string json_model(const ir::OnnxModel& model) {
  return fmt::format(
      R"({{"ir_version": {}, "producer": {}, "opsets": {}, "sha256": {}, "graph": {}, "functions": {}}})",
      model.ir_version, quoted(model.producer), json_map(model.opsets, json_integer), quoted(model.sha256),
      json_graph(model.graph), json_list(model.functions, json_function));
}

}  // namespace
}  // namespace tinyc

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: dump_model MODEL.onnx\n");
    return 1;
  }
  tinyc::Diagnostics diagnostics;
  const std::optional<tinyc::ir::OnnxModel> model = tinyc::read_onnx_model(argv[1], diagnostics);
  for (const tinyc::Diagnostic& one : diagnostics.all()) fmt::print(stderr, "{}", tinyc::render(one, false));
  if (!model) return 1;
  fmt::print("{}\n", tinyc::json_model(*model));
  return 0;
}
