// SPDX-License-Identifier: Apache-2.0
// What the importer says about models it cannot take. Nothing here may crash.
#include <cmath>
#include <limits>

#include "tests/unit/catch.h"
#include "tests/unit/frontend/onnx_models.h"

namespace tinyc {
namespace {

using ir::Element;
using ir::Tensor;

Tensor scale(std::vector<double> values) {
  const auto count = static_cast<int64_t>(values.size());
  return Tensor::of_reals(Element::f32, count == 1 ? ir::Shape{} : ir::Shape{count}, values);
}

// The only error of a model with one node of this type and these constants as further inputs.
Diagnostic only_error(ir::OnnxNode node, const std::vector<Tensor>& constants, const ir::Shape& input = {2, 3}) {
  for (size_t i = 0; i < constants.size(); ++i) node.inputs.push_back("c" + std::to_string(i));
  ir::OnnxModel model = onnx_model({node}, input);
  for (size_t i = 0; i < constants.size(); ++i)
    model.graph.initializers.push_back({"c" + std::to_string(i), constants[i]});
  const Imported imported = import_model(model);
  CHECK_FALSE(imported.graph);
  REQUIRE(imported.errors.size() == 1);
  CHECK(imported.errors[0].where.node == "y_node");
  return imported.errors[0];
}

ir::OnnxNode with(ir::OnnxNode node, const std::string& name, ir::OnnxAttribute attribute) {
  node.attributes[name] = std::move(attribute);
  return node;
}

ir::OnnxAttribute integers(std::vector<int64_t> values) {
  ir::OnnxAttribute attribute;
  attribute.kind = ir::OnnxAttribute::Kind::integers;
  attribute.integers = std::move(values);
  return attribute;
}

Tensor i64(const std::vector<int64_t>& values) {
  return Tensor::of_integers(Element::i64, {static_cast<int64_t>(values.size())}, values);
}

bool says(const Diagnostic& diagnostic, std::string_view text) {
  return (diagnostic.message + "|" + diagnostic.help).find(text) != std::string::npos;
}

TEST_CASE("all unsupported nodes are listed, with what comes nearest") {
  ir::OnnxNode foreign = onnx_node("Conv", {"b"}, {"y"});
  foreign.domain = "vendor";
  ir::OnnxModel model = onnx_model({onnx_node("NoSuchThing", {"x"}, {"a"}), onnx_node("gelu", {"a"}, {"b"}), foreign});
  const Imported imported = import_model(model);
  REQUIRE(imported.errors.size() == 3);
  CHECK(imported.errors[0].where.node == "a_node");
  CHECK(says(imported.errors[0], "NoSuchThing of ai.onnx (opset 17)"));
  CHECK(says(imported.errors[1], "Gelu of ai.onnx from opset 20 on"));
  CHECK(says(imported.errors[2], "Conv of ai.onnx from opset 1 on"));
  for (const Diagnostic& error : imported.errors) CHECK(error.code == Code::T0303);
}

TEST_CASE("unusable quantisation parameters") {
  const ir::OnnxNode node = onnx_node("QuantizeLinear", {"x"}, {"y"});
  const Tensor zero = Tensor::of_integers(Element::i8, {}, {0});
  for (const double bad :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(only_error(node, {scale({bad}), zero}).code == Code::T0501);
  CHECK(only_error(node, {scale({1, 2}), Tensor::of_integers(Element::i8, {2}, {0, 0})}).code == Code::T0501);
  CHECK(says(only_error(node, {scale({1, 2, 3}), zero}), "3 scales but 1 zero points"));
  CHECK(only_error(with(node, "axis", onnx_integer(7)), {scale({1, 2})}).code == Code::T0307);
  CHECK(only_error(with(node, "output_dtype", onnx_integer(27)), {scale({1})}).code == Code::T0310);
  const Tensor blocks = Tensor::of_reals(Element::f32, {2, 1}, {1, 2});
  CHECK(says(only_error(node, {blocks}), "without block_size"));
  CHECK(says(only_error(with(node, "block_size", onnx_integer(2)), {blocks}), "blocks of 2 need"));
  CHECK(only_error(with(node, "block_size", onnx_integer(-3)), {blocks}).code == Code::T0501);
}

TEST_CASE("shapes and axes that do not fit") {
  CHECK(only_error(onnx_node("Reshape", {"x"}, {"y"}), {i64({4, 2})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Reshape", {"x"}, {"y"}), {i64({-1, -1})}).code == Code::T0305);
  CHECK(only_error(onnx_node("MatMul", {"x"}, {"y"}), {scale({1, 2})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Add", {"x"}, {"y"}), {scale({1, 2})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Conv", {"x"}, {"y"}), {scale({1, 2})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Gather", {"x"}, {"y"}), {i64({2})}).code == Code::T0307);
  CHECK(only_error(with(onnx_node("Gather", {"x"}, {"y"}), "axis", onnx_integer(-3)), {i64({0})}).code == Code::T0307);
  CHECK(only_error(with(onnx_node("Softmax", {"x"}, {"y"}), "axis", onnx_integer(2)), {}).code == Code::T0307);
  CHECK(only_error(onnx_node("Split", {"x"}, {"y"}), {i64({3, 3})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Pad", {"x"}, {"y"}), {i64({0, 0, 1})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Tile", {"x"}, {"y"}), {i64({1, -1})}).code == Code::T0307);
  CHECK(only_error(onnx_node("Slice", {"x"}, {"y"}), {i64({0}), i64({1, 2})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Slice", {"x"}, {"y"}), {i64({0}), i64({1}), i64({0}), i64({0})}).code == Code::T0307);
}

TEST_CASE("sizes beyond what tinyc handles") {
  constexpr int64_t kHuge = int64_t{1} << 40;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  CHECK(only_error(onnx_node("Tile", {"x"}, {"y"}), {i64({kHuge, kHuge})}).code == Code::T0307);
  CHECK(only_error(onnx_node("Tile", {"x"}, {"y"}), {i64({1 << 30, 1 << 30})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Expand", {"x"}, {"y"}), {i64({kMost, 2, 3})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Pad", {"x"}, {"y"}), {i64({kMost, 0, kMost, 0})}).code == Code::T0305);
  CHECK(only_error(onnx_node("Pad", {"x"}, {"y"}), {i64({1 << 30, 1 << 30, 0, 0})}).code == Code::T0308);
  const ir::OnnxNode pool = with(onnx_node("MaxPool", {"x"}, {"y"}), "kernel_shape", integers({kMost, kMost}));
  CHECK(only_error(pool, {}, {1, 1, 4, 4}).code == Code::T0307);
  const ir::OnnxNode none = with(onnx_node("MaxPool", {"x"}, {"y"}), "kernel_shape", integers({0, 1}));
  CHECK(only_error(none, {}, {1, 1, 4, 4}).code == Code::T0307);
  ir::OnnxNode up = onnx_node("Resize", {"x"}, {"y"});
  up.inputs.push_back("");
  CHECK(only_error(up, {Tensor::of_reals(Element::f32, {2}, {1e30, 1})}).code == Code::T0307);
  CHECK(only_error(up, {Tensor::of_reals(Element::f32, {2}, {std::nan(""), 1})}).code == Code::T0307);
}

TEST_CASE("a shape that the model computes") {
  ir::OnnxModel model = onnx_model({onnx_node("Reshape", {"x", "shape"}, {"y"})});
  model.graph.inputs.push_back(onnx_value("shape", Element::i64, {2}));
  const Imported imported = import_model(model);
  REQUIRE(imported.errors.size() == 1);
  CHECK(says(imported.errors[0], "must be known at compile time"));
}

}  // namespace
}  // namespace tinyc
