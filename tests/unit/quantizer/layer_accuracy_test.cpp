// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/layer_accuracy.h"

#include <cmath>

#include "ir/print.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

std::unique_ptr<ir::Graph> parsed(const std::string& text) {
  auto graph = ir::parse(text);
  INFO((graph ? "" : graph.message()));
  REQUIRE(graph);
  return graph.take();
}

// y = relu(x + 1), quantised with steps of 0.5.
constexpr const char* kQdq = R"(graph "qdq"(%x: f32[4]) {
  %one = constant() {value = f32[] [1.0]} : f32[]
  %sum = add(%x, %one) : f32[4]
  %positive = relu(%sum) : f32[4]
  %v_1 = quantize(%positive) : i8[4] q(0.5, 0)
  %y.q = quant_cast(%v_1) : i8[4]
  return %y.q
}
)";
// The same with what a pass might make of it: one operator, which is wrong in one element by one step.
constexpr const char* kLowered = R"(graph "lowered"(%x: f32[4]) {
  %offset = constant() {value = f32[4] [1.0, 1.0, 1.0, 1.5]} : f32[4]
  %v_7 = add(%x, %offset) {activation = "relu"} : f32[4]
  %y.q = quantize(%v_7) : i8[4] q(0.5, 0)
  return %y.q
}
)";

TEST_CASE("one model: the integers against the integers of the float execution") {
  const auto reference = parsed(kQdq);
  const auto executed = parsed(kLowered);
  LayerComparison comparison(*reference, *reference, *executed);
  const std::vector<ir::Tensor> inputs = {ir::Tensor::of_reals(ir::Element::f32, {4}, {0, -3, 1, 2})};
  const std::vector<ir::Tensor> outputs = comparison.run(inputs, inputs);
  REQUIRE(outputs.size() == 1);
  CHECK(outputs[0].integers() == std::vector<int64_t>{2, 0, 4, 7});
  REQUIRE(comparison.layers().size() == 1);
  const LayerAccuracy& layer = comparison.layers()[0];
  CHECK(layer.name == "y.q");
  CHECK(layer.reference == "v_1");
  CHECK(layer.matched_by == "name");
  CHECK(layer.step == 0.5);
  CHECK(layer.difference.unequal() == 1);
  CHECK(layer.difference.largest() == 0.5);
  CHECK(layer.difference.snr_db() == Approx(10 * std::log10((1 + 4 + 9) / 0.25)));
  REQUIRE(comparison.only_in_reference().size() == 1);  // relu and what quantises it are one layer
  CHECK(comparison.only_in_reference()[0].name == "sum");
  REQUIRE(comparison.only_in_executed().size() == 1);
  CHECK(comparison.only_in_executed()[0].name == "v_7");
}

// Two models without a name in common: matched by their outputs, and by order.
TEST_CASE("two models: outputs by position, the others by order") {
  const auto reference = parsed(R"(graph "float"(%a: f32[1,2,3]) {
  %ca = constant() {value = f32[] [2.0]} : f32[]
  %exponential = exp(%a) : f32[1,2,3]
  %ra = mul(%exponential, %ca) : f32[1,2,3]
  %end = softmax(%ra) {axis = 1} : f32[1,2,3]
  return %end
}
)");
  const auto executed = parsed(R"(graph "other"(%b: f32[1,3,2]) {
  %mid = exp(%b) : f32[1,3,2]
  %cb = constant() {value = f32[] [2.0]} : f32[]
  %scaled = mul(%mid, %cb) : f32[1,3,2]
  %last = softmax(%scaled) {axis = 2} : f32[1,3,2]
  return %last
}
)");
  LayerComparison comparison(*reference, *executed, *executed);
  const std::vector<ir::Tensor> channels = {
      ir::Tensor::of_reals(ir::Element::f32, {1, 2, 3}, {0, 0.1, 0.2, -1, 0.5, 0.25})};
  const std::vector<ir::Tensor> rows = {
      ir::Tensor::of_reals(ir::Element::f32, {1, 3, 2}, {0, -1, 0.1, 0.5, 0.2, 0.25})};
  comparison.run(channels, rows);
  REQUIRE(comparison.layers().size() == 2);
  CHECK(comparison.layers()[0].name == "scaled");
  CHECK(comparison.layers()[0].matched_by == "order");
  CHECK(comparison.layers()[1].matched_by == "output");
  for (const LayerAccuracy& layer : comparison.layers()) CHECK(layer.difference.unequal() == 0);
}

}  // namespace
}  // namespace tinyc
