// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/model_interface.h"

#include "ir/interpret.h"
#include "ir/print.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

std::unique_ptr<ir::Graph> graph_of(const std::string& text) {
  auto graph = ir::parse(text);
  INFO((graph ? "" : graph.message()));
  REQUIRE(graph);
  return graph.take();
}

struct Shaped {
  std::unique_ptr<ir::Graph> graph;
  ModelInterface interface;
  Diagnostics diagnostics;
};

void shape(Shaped& shaped, IoLayout layout, IoType type) {
  Options options;
  options.io_layout = layout;
  options.io_type = type;
  shaped.interface = interface_of(*shaped.graph);
  shape_interface(*shaped.graph, options, shaped.interface, shaped.diagnostics);
}

constexpr const char* kImage = R"(graph "g"(%x: f32[1,2,3,4]) {
  %q = quantize(%x) : i8[1,2,3,4] q(0.5, 1)
  %t = transpose(%q) {perm = [0, 2, 3, 1]} : i8[1,3,4,2] q(0.5, 1)
  %m = max_pool(%t) {kernel = [1, 1]} : i8[1,3,4,2] q(0.5, 1)
  %u = transpose(%m) {perm = [0, 3, 1, 2]} : i8[1,2,3,4] q(0.5, 1)
  %y = dequantize(%u) : f32[1,2,3,4]
  return %y
}
)";

// The shaped graph on converted inputs gives the converted outputs of the model.
void check_same(const char* text, IoLayout layout, IoType type) {
  const auto model = graph_of(text);
  Shaped shaped{graph_of(text), {}, {}};
  shape(shaped, layout, type);
  REQUIRE_FALSE(shaped.diagnostics.has_errors());
  ir::Tensor input(model->inputs()[0]->type.element, model->inputs()[0]->type.shape);
  for (int64_t i = 0; i < input.size(); ++i) input.set_real(i, static_cast<double>(i) * 0.5 - 4);
  const std::vector<ir::Tensor> expected = ir::interpret(*model, {&input, 1});
  const ir::Tensor converted = to_interface(input, shaped.interface.inputs[0]);
  CHECK(converted.shape() == shaped.graph->inputs()[0]->type.shape);
  CHECK(converted.element() == shaped.graph->inputs()[0]->type.element);
  const std::vector<ir::Tensor> outputs = ir::interpret(*shaped.graph, {&converted, 1});
  CHECK(from_interface(outputs[0], shaped.interface.outputs[0]) == expected[0]);
  CHECK(to_interface(expected[0], shaped.interface.outputs[0]) == outputs[0]);
}

TEST_CASE("rows and int8 drop conversions at both ends, in either order") {
  Shaped shaped{graph_of(kImage), {}, {}};
  shape(shaped, IoLayout::rows, IoType::int8);
  CHECK(ir::print(*shaped.graph) == R"(graph "g"(%x: i8[1,3,4,2] q(0.5, 1)) {
  %y = max_pool(%x) {kernel = [1, 1]} : i8[1,3,4,2] q(0.5, 1)
  return %y
}
)");
}

TEST_CASE("data converted to the interface gives the model's results") {
  for (const IoLayout layout : {IoLayout::onnx, IoLayout::rows}) {
    for (const IoType type : {IoType::model, IoType::int8, IoType::real}) check_same(kImage, layout, type);
  }
}

TEST_CASE("float adds a quantisation at integer inputs and outputs") {
  constexpr const char* kIntegers = R"(graph "g"(%x: i8[1,4] q(0.5, 1)) {
  %y = softmax(%x) {axis = 1} : i8[1,4] q(0.00390625, -128)
  return %y
}
)";
  Shaped shaped{graph_of(kIntegers), {}, {}};
  shape(shaped, IoLayout::onnx, IoType::real);
  CHECK(shaped.graph->inputs()[0]->type.element == ir::Element::f32);
  CHECK(shaped.graph->outputs()[0]->type.element == ir::Element::f32);
  CHECK(shaped.graph->outputs()[0]->name == "y");
}

TEST_CASE("an input with other readers keeps its layout") {
  Shaped shaped{graph_of(R"(graph "g"(%x: f32[1,2,3,4]) {
  %t = transpose(%x) {perm = [0, 2, 3, 1]} : f32[1,3,4,2]
  %r = relu(%x) : f32[1,2,3,4]
  return %t, %r
}
)"),
                {},
                {}};
  shape(shaped, IoLayout::rows, IoType::model);
  CHECK(shaped.graph->inputs()[0]->type.shape == ir::Shape{1, 2, 3, 4});
  CHECK_FALSE(shaped.interface.inputs[0].rows);
}

}  // namespace
}  // namespace tinyc
