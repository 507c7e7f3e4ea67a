// SPDX-License-Identifier: Apache-2.0
// Small ONNX models as the reader would give them, and what importing them says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/frontend/onnx_import.h"

namespace tinyc {

inline ir::OnnxNode onnx_node(std::string op_type, std::vector<std::string> inputs, std::vector<std::string> outputs) {
  ir::OnnxNode node;
  node.name = outputs[0] + "_node";
  node.op_type = std::move(op_type);
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  return node;
}

inline ir::OnnxAttribute onnx_integer(int64_t value) {
  ir::OnnxAttribute attribute;
  attribute.kind = ir::OnnxAttribute::Kind::integer;
  attribute.integer = value;
  return attribute;
}

inline ir::OnnxAttribute onnx_graph(ir::OnnxGraph graph) {
  ir::OnnxAttribute attribute;
  attribute.kind = ir::OnnxAttribute::Kind::graph;
  attribute.graph = std::make_shared<ir::OnnxGraph>(std::move(graph));
  return attribute;
}

inline ir::OnnxValueInfo onnx_value(std::string name, ir::Element element, const ir::Shape& shape) {
  ir::OnnxValueInfo info{std::move(name), element, {}, std::vector<ir::OnnxDim>{}};
  for (const int64_t dim : shape) info.dims->push_back({dim, ""});
  return info;
}

// Input x f32 of a shape, output y, opset 17 (com.microsoft 1).
inline ir::OnnxModel onnx_model(std::vector<ir::OnnxNode> nodes, const ir::Shape& input = {2, 3}) {
  ir::OnnxModel model;
  model.opsets = {{"", 17}, {"com.microsoft", 1}};
  model.graph.name = "test";
  model.graph.nodes = std::move(nodes);
  model.graph.inputs = {onnx_value("x", ir::Element::f32, input)};
  model.graph.outputs = {onnx_value("y", ir::Element::f32, {})};
  return model;
}

struct Imported {
  std::unique_ptr<ir::Graph> graph;
  std::vector<Diagnostic> errors;
};

inline Imported import_model(const ir::OnnxModel& model, const ImportOptions& options = {}) {
  Diagnostics diagnostics;
  Imported imported;
  imported.graph = import_onnx(model, options, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity == Severity::error) imported.errors.push_back(diagnostic);
  }
  return imported;
}

}  // namespace tinyc
