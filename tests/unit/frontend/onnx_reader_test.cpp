// SPDX-License-Identifier: Apache-2.0
// What the reader makes of correct models. That it agrees with Python's onnx is shown by compare_with_onnx.py.
#include "compiler/frontend/onnx_reader.h"

#include "compiler/support/sha256.h"
#include "tests/unit/catch.h"
#include "tests/unit/frontend/reading.h"
#include "tests/unit/scratch_folder.h"

namespace tinyc::test {
namespace {

using ir::Element;
using Kind = ir::OnnxAttribute::Kind;

Wire dimension(int64_t value) { return Wire().integer(1, value); }
Wire symbol(std::string_view name) { return Wire().bytes(2, name); }
Wire tensor_info(std::string_view name, int64_t element, const std::vector<Wire>& dims) {
  Wire shape;
  for (const Wire& dim : dims) shape.message(1, dim);
  return Wire().bytes(1, name).message(2, Wire().message(1, Wire().integer(1, element).message(2, shape)));
}

ir::OnnxInitializer only_initializer(const Wire& data) {
  const Reading reading = read(model(graph_with_initializer(data)));
  INFO(reading.text);
  REQUIRE(reading.model);
  REQUIRE(reading.model->graph.initializers.size() == 1);
  return reading.model->graph.initializers[0];
}

ir::OnnxAttribute only_attribute(const Wire& data) {
  const Reading reading = read(model(Wire().message(1, node("Op").message(5, data))));
  INFO(reading.text);
  REQUIRE(reading.model);
  return reading.model->graph.nodes.at(0).attributes.begin()->second;
}

}  // namespace

TEST_CASE("the head of a model is read", "[onnx_reader]") {
  Wire wire = model(Wire().bytes(2, "g"), 9, 17);
  wire.bytes(2, "maker").bytes(3, "1.5").message(8, opset("com.microsoft", 1));
  const Reading reading = read(wire);
  REQUIRE(reading.model);
  CHECK(reading.text.empty());
  CHECK(reading.model->ir_version == 9);
  CHECK(reading.model->producer == "maker 1.5");
  CHECK(reading.model->opsets == std::map<std::string, int64_t>{{"", 17}, {"com.microsoft", 1}});
  CHECK(reading.model->file == "m.onnx");
  CHECK(reading.model->sha256 == sha256_hex(wire.text()));
  CHECK(reading.model->graph.name == "g");
}

TEST_CASE("domain ai.onnx is the empty domain", "[onnx_reader]") {
  const Wire graph = Wire().message(1, node("Relu").bytes(7, "ai.onnx"));
  const Reading reading = read(Wire().integer(1, 8).message(7, graph).message(8, opset("ai.onnx", 15)));
  REQUIRE(reading.model);
  CHECK(reading.model->opsets == std::map<std::string, int64_t>{{"", 15}});
  CHECK(reading.model->graph.nodes[0].domain.empty());
}

TEST_CASE("a domain that is not imported gets version 1 and a note", "[onnx_reader]") {
  const Reading reading = read(model(Wire().message(1, node("QGemm").bytes(7, "com.microsoft"))));
  REQUIRE(reading.model);
  CHECK(reading.model->opsets.at("com.microsoft") == 1);
  CHECK(reading.text ==
        "m.onnx: note T0309: no version of operator set 'com.microsoft' is imported: version 1 is assumed\n");
}

TEST_CASE("a newer IR version is read with a note", "[onnx_reader]") {
  const Reading reading = read(model(Wire(), 99));
  CHECK(reading.model);
  CHECK(reading.text.find("note T0309: IR version 99 is newer") != std::string::npos);
}

TEST_CASE("unknown fields are skipped", "[onnx_reader]") {
  Wire wire = model(Wire().bytes(200, "new").message(1, node("Relu").integer(300, 7)));
  wire.bytes(1000, "newer");
  const Reading reading = read(wire);
  REQUIRE(reading.model);
  CHECK(reading.model->graph.nodes.size() == 1);
}

TEST_CASE("unnamed nodes are named by operator and position", "[onnx_reader]") {
  const Reading reading =
      read(model(Wire().message(1, node("Relu").bytes(3, "a")).message(1, node("Neg")).message(1, node("Neg"))));
  REQUIRE(reading.model);
  CHECK(reading.model->graph.nodes[0].name == "a");
  CHECK(reading.model->graph.nodes[1].name == "Neg_1");
  CHECK(reading.model->graph.nodes[2].name == "Neg_2");
}

TEST_CASE("value infos keep numbers, symbols and unknown dimensions", "[onnx_reader]") {
  const Wire info = tensor_info("x", 10, {symbol("N"), dimension(3), Wire(), dimension(-1)});
  const Reading reading = read(model(Wire().message(11, info)));
  REQUIRE(reading.model);
  const ir::OnnxValueInfo& x = reading.model->graph.inputs.at(0);
  CHECK(x.name == "x");
  CHECK(x.element == Element::f16);
  CHECK(x.type_text == "float16");
  REQUIRE(x.dims);
  REQUIRE(x.dims->size() == 4);
  CHECK(x.dims->at(0).symbol == "N");
  CHECK_FALSE(x.dims->at(0).value);
  CHECK(x.dims->at(1).value == 3);
  for (const size_t unknown : {2U, 3U}) CHECK((!x.dims->at(unknown).value && x.dims->at(unknown).symbol.empty()));
}

TEST_CASE("types that tinyc has no element for are named", "[onnx_reader]") {
  const Wire tensor_type = Wire().message(1, Wire().integer(1, 27));
  const Wire map_type = Wire().message(5, Wire().integer(1, 7).message(2, tensor_type));
  const Wire nested = Wire().message(4, Wire().message(1, Wire().message(9, Wire().message(1, map_type))));
  const Wire graph =
      Wire().message(13, Wire().message(2, tensor_type)).message(13, Wire().message(2, nested)).message(13, Wire());
  const Reading reading = read(model(graph));
  REQUIRE(reading.model);
  const std::vector<ir::OnnxValueInfo>& infos = reading.model->graph.value_infos;
  CHECK(infos.at(0).type_text == "float6e2m3");
  CHECK(infos.at(1).type_text == "sequence(optional(map(int64, float6e2m3)))");
  CHECK(infos.at(2).type_text == "unknown");
  for (const ir::OnnxValueInfo& info : infos) CHECK((!info.element && !info.dims));
}

TEST_CASE("attributes keep their kinds", "[onnx_reader]") {
  CHECK(only_attribute(attribute("a", 1).real(2, 0.5F)).real == 0.5);
  CHECK(only_attribute(attribute("a", 2).integer(3, -7)).integer == -7);
  CHECK(only_attribute(attribute("a", 3).bytes(4, "same")).text == "same");
  CHECK(only_attribute(attribute("a", 7).integer(8, 1).integer(8, -2)).integers == std::vector<int64_t>{1, -2});
  CHECK(only_attribute(attribute("a", 6).real(7, 1).real(7, 2)).reals == std::vector<double>{1, 2});
  CHECK(only_attribute(attribute("a", 8).bytes(9, "p").bytes(9, "")).texts == std::vector<std::string>{"p", ""});
  const ir::OnnxAttribute with_tensor =
      only_attribute(attribute("a", 4).message(5, raw_tensor("", 3, {2}, "\x01\xff")));
  REQUIRE(with_tensor.kind == Kind::tensor);
  CHECK(with_tensor.tensor->integers() == std::vector<int64_t>{1, -1});
  const ir::OnnxAttribute with_graph = only_attribute(attribute("a", 5).message(6, Wire().message(1, node("Neg"))));
  REQUIRE(with_graph.kind == Kind::graph);
  CHECK(with_graph.graph->nodes.at(0).name == "Neg_0");
  CHECK(only_attribute(attribute("a", 13).message(14, Wire())).kind == Kind::other);
}

TEST_CASE("an attribute without type takes that of its field", "[onnx_reader]") {
  CHECK(only_attribute(Wire().bytes(1, "a").integer(3, 5)).kind == Kind::integer);
  CHECK(only_attribute(Wire().bytes(1, "a").real(2, 5)).kind == Kind::real);
  CHECK(only_attribute(Wire().bytes(1, "a").packed(8, {1, 2})).integers == std::vector<int64_t>{1, 2});
}

TEST_CASE("a function keeps references, defaults and its own operator sets", "[onnx_reader]") {
  const Wire reference = attribute("alpha", 1).bytes(21, "slope");
  Wire function =
      Wire().bytes(1, "Leaky").bytes(10, "mine").bytes(13, "v").bytes(4, "a").bytes(5, "b").bytes(6, "slope");
  function.message(7, node("LeakyRelu").message(5, reference)).message(9, opset("", 14));
  function.message(11, attribute("k", 2).integer(3, 3))
      .message(11, attribute("names", 4).message(5, tensor("", 8, {1}).bytes(6, "s")));
  const Reading reading = read(model(Wire()).message(25, function));
  INFO(reading.text);
  REQUIRE(reading.model);
  const ir::OnnxFunction& result = reading.model->functions.at(0);
  CHECK((result.name == "Leaky" && result.domain == "mine" && result.overload == "v"));
  CHECK(result.attributes == std::vector<std::string>{"slope"});
  CHECK(result.opsets.at("") == 14);
  CHECK(result.nodes.at(0).attributes.at("alpha").reference == "slope");
  CHECK(result.attribute_defaults.at("k").integer == 3);
  CHECK(result.attribute_defaults.at("names").kind == Kind::other);  // a string tensor, which only a call would need
  CHECK(result.attribute_defaults.at("names").text == "element type string is not supported");
}

TEST_CASE("typed fields hold small elements in wider ones", "[onnx_reader]") {
  CHECK(only_initializer(tensor("t", 3, {3}).packed(5, {-128, 127, 255})).data.integers() ==
        std::vector<int64_t>{-128, 127, -1});
  CHECK(only_initializer(tensor("t", 10, {2}).packed(5, {0x3c00, 0xc000})).data.reals() == std::vector<double>{1, -2});
  CHECK(only_initializer(tensor("t", 16, {1}).packed(5, {0x3f80})).data.reals() == std::vector<double>{1});
  CHECK(only_initializer(tensor("t", 9, {3}).packed(5, {0, 1, 2})).data.integers() == std::vector<int64_t>{0, 1, 1});
  CHECK(only_initializer(tensor("t", 12, {1}).packed(11, {4294967295})).data.integers() ==
        std::vector<int64_t>{4294967295});
  CHECK(only_initializer(tensor("t", 7, {2}).integer(7, -1).integer(7, 1)).data.integers() ==
        std::vector<int64_t>{-1, 1});  // not packed
}

TEST_CASE("four bits: the first element is the low half", "[onnx_reader]") {
  CHECK(only_initializer(raw_tensor("t", 22, {3}, "\x7f\x08")).data.integers() == std::vector<int64_t>{-1, 7, -8});
  CHECK(only_initializer(raw_tensor("t", 21, {3}, "\x7f\x08")).data.integers() == std::vector<int64_t>{15, 7, 8});
  CHECK(only_initializer(tensor("t", 22, {3}).packed(5, {0x7f, 0x08})).data.integers() ==
        std::vector<int64_t>{-1, 7, -8});
}

TEST_CASE("sparse tensors become dense", "[onnx_reader]") {
  const Wire values = raw_tensor("s", 3, {2}, "\x05\x06");
  const std::vector<int64_t> expected = {0, 5, 0, 0, 0, 6};
  const Wire linear = sparse_tensor(values, raw_tensor("", 7, {2}, raw_bytes<int64_t>({1, 5})), {2, 3});
  const Wire by_dimension = sparse_tensor(values, raw_tensor("", 7, {2, 2}, raw_bytes<int64_t>({0, 1, 1, 2})), {2, 3});
  for (const Wire& sparse : {linear, by_dimension}) {
    const Reading reading = read(model(Wire().message(15, sparse)));
    INFO(reading.text);
    REQUIRE(reading.model);
    CHECK(reading.model->graph.initializers.at(0).name == "s");
    CHECK(reading.model->graph.initializers.at(0).data.integers() == expected);
  }
}

TEST_CASE("tensor files keep every element type", "[onnx_reader]") {
  const ScratchFolder folder;
  for (int i = 0; i <= static_cast<int>(Element::b1); ++i) {
    const auto element = static_cast<Element>(i);
    for (const ir::Shape& shape : {ir::Shape{3, 5}, ir::Shape{}, ir::Shape{2, 0}}) {
      ir::Tensor tensor(element, shape);
      for (int64_t k = 0; k < tensor.size(); ++k) tensor.set_integer(k, element == Element::b1 ? k % 2 : k * 17 - 40);
      REQUIRE(write_tensor_proto(folder.file("t.pb"), "name", tensor));
      const Result<NamedTensor> back = read_tensor_proto(folder.file("t.pb"));
      REQUIRE(back);
      CHECK(back->name == "name");
      CHECK(back->tensor == tensor);
    }
  }
}

}  // namespace tinyc::test
