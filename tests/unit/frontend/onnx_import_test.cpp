// SPDX-License-Identifier: Apache-2.0
// What the importer does with control flow, functions and constants.
#include "compiler/frontend/onnx_import.h"

#include "ir/interpret.h"
#include "ir/print.h"
#include "tests/unit/catch.h"
#include "tests/unit/frontend/onnx_models.h"

namespace tinyc {
namespace {

using ir::Element;
using ir::Tensor;

std::vector<double> run(const ir::Graph& graph, const std::vector<double>& x) {
  const Tensor input = Tensor::of_reals(Element::f32, graph.inputs()[0]->type.shape, x);
  return ir::interpret(graph, std::vector<Tensor>{input})[0].reals();
}

ir::OnnxGraph branch(const std::string& op_type) {
  ir::OnnxGraph graph;
  graph.nodes = {onnx_node(op_type, {"doubled"}, {"inner"}), onnx_node("Neg", {"inner"}, {"result"})};
  graph.outputs = {onnx_value("result", Element::f32, {})};
  return graph;
}

ir::OnnxModel model_with_if(bool condition) {
  ir::OnnxNode choice = onnx_node("If", {"condition"}, {"y"});
  choice.attributes["then_branch"] = onnx_graph(branch("Abs"));
  choice.attributes["else_branch"] = onnx_graph(branch("Relu"));
  ir::OnnxModel model = onnx_model({onnx_node("Add", {"x", "x"}, {"doubled"}), choice}, {2});
  model.graph.initializers = {{"condition", Tensor::of_integers(Element::b1, {}, {condition ? 1 : 0})}};
  return model;
}

TEST_CASE("If with a known condition takes the chosen branch, which sees outer tensors") {
  const Imported yes = import_model(model_with_if(true));
  REQUIRE(yes.graph);
  CHECK(run(*yes.graph, {-1, 2}) == std::vector<double>{-2, -4});
  const Imported no = import_model(model_with_if(false));
  REQUIRE(no.graph);
  CHECK(run(*no.graph, {-1, 2}) == std::vector<double>{0, -4});
}

TEST_CASE("two Ifs may use the same names inside") {
  ir::OnnxModel model = model_with_if(true);
  ir::OnnxNode second = model.graph.nodes[1];
  model.graph.nodes[1].outputs = {"first"};
  second.outputs = {"second"};
  model.graph.nodes.push_back(second);
  model.graph.nodes.push_back(onnx_node("Add", {"first", "second"}, {"y"}));
  const Imported imported = import_model(model);
  REQUIRE(imported.graph);
  CHECK(run(*imported.graph, {-1, 2}) == std::vector<double>{-4, -8});
}

TEST_CASE("If on a computed condition computes both branches") {
  ir::OnnxModel model = model_with_if(true);
  model.graph.initializers.clear();
  model.graph.inputs.push_back(onnx_value("condition", Element::b1, {}));
  const Imported imported = import_model(model);
  REQUIRE(imported.graph);
  const auto& ops = imported.graph->ops();
  CHECK(std::count_if(ops.begin(), ops.end(), [](const auto& op) { return op->is("select"); }) == 1);
}

TEST_CASE("a fixed input makes the condition known") {
  ir::OnnxModel model = model_with_if(true);
  model.graph.initializers.clear();
  model.graph.inputs.push_back(onnx_value("condition", Element::b1, {}));
  ImportOptions options;
  options.fixed_inputs.emplace("condition", Tensor::of_integers(Element::b1, {}, {0}));
  const Imported imported = import_model(model, options);
  REQUIRE(imported.graph);
  CHECK(imported.graph->inputs().size() == 1);
  CHECK(run(*imported.graph, {-1, 2}) == std::vector<double>{0, -4});
}

TEST_CASE("nodes that no output needs are left out, supported or not") {
  const Imported imported =
      import_model(onnx_model({onnx_node("Relu", {"x"}, {"y"}), onnx_node("NoSuchThing", {"x"}, {"unused"})}));
  REQUIRE(imported.graph);
  CHECK(imported.graph->ops().size() == 1);
}

TEST_CASE("shape arithmetic folds away") {
  ir::OnnxModel model =
      onnx_model({onnx_node("Shape", {"x"}, {"shape"}), onnx_node("Gather", {"shape", "zero"}, {"rows"}),
                  onnx_node("Concat", {"rows", "rest"}, {"wanted"}), onnx_node("Reshape", {"x", "wanted"}, {"y"})},
                 {2, 3, 4});
  model.graph.nodes[2].attributes["axis"] = onnx_integer(0);
  model.graph.initializers = {{"zero", Tensor::of_integers(Element::i64, {1}, {0})},
                              {"rest", Tensor::of_integers(Element::i64, {1}, {-1})}};
  const Imported imported = import_model(model);
  REQUIRE(imported.graph);
  CHECK(imported.graph->outputs()[0]->type.shape == ir::Shape{2, 12});
  CHECK(imported.graph->outputs()[0]->producer->operands[0] == imported.graph->inputs()[0]);
}

TEST_CASE("the body of a function is read at the function's opset") {
  ir::OnnxModel model = onnx_model({onnx_node("Twice", {"x"}, {"y"})}, {1, 2, 2});
  model.graph.nodes[0].domain = "local";
  ir::OnnxFunction twice;
  twice.domain = "local";
  twice.name = "Twice";
  twice.inputs = {"a"};
  twice.outputs = {"b"};
  twice.opsets = {{"", 11}};  // softmax flattens from axis 1 there
  twice.nodes = {onnx_node("Softmax", {"a"}, {"b"})};
  model.functions = {twice};
  const Imported imported = import_model(model);
  REQUIRE(imported.graph);
  CHECK(run(*imported.graph, {0, 0, 0, 0}) == std::vector<double>{0.25, 0.25, 0.25, 0.25});
}

}  // namespace
}  // namespace tinyc
