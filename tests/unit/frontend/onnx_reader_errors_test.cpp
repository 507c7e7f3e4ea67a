// SPDX-License-Identifier: Apache-2.0
// Models that break a rule: one clear error each, and all of them at once.
#include <filesystem>

#include "tests/unit/catch.h"
#include "tests/unit/frontend/reading.h"
#include "tests/unit/scratch_folder.h"

namespace tinyc::test {
namespace {

struct Case {
  std::string bytes;
  Code code;
  std::string_view message;  // part of the text
};

void check_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const Reading reading = read(one.bytes);
    INFO("expected: " << one.message << "\ngot: " << reading.text);
    CHECK_FALSE(reading.model);
    CHECK(reading.errors == 1);
    CHECK(code_info(reading.code).name == code_info(one.code).name);
    CHECK(reading.text.find(one.message) != std::string::npos);
  }
}

std::string with_initializer(const Wire& data) { return model(graph_with_initializer(data)).text(); }
std::string with_attribute(const Wire& data) {
  return model(Wire().message(1, node("Op").bytes(3, "n").message(5, data))).text();
}
std::string with_sparse(const Wire& values, const Wire& indices, const std::vector<int64_t>& dims) {
  return model(Wire().message(15, sparse_tensor(values, indices, dims))).text();
}

// An If inside an If, `depth` times.
std::string nested(int depth) {
  Wire graph = Wire().message(1, node("Neg"));
  for (int i = 0; i < depth; ++i)
    graph = Wire().message(1, node("If").message(5, attribute("then_branch", 5).message(6, graph)));
  return model(graph).text();
}

std::string nested_sequences(int depth) {
  Wire type = Wire().message(1, Wire().integer(1, 1));
  for (int i = 0; i < depth; ++i) type = Wire().message(4, Wire().message(1, type));
  return model(Wire().message(13, Wire().message(2, type))).text();
}

}  // namespace

TEST_CASE("files that are no ONNX model", "[onnx_reader]") {
  check_all({
      {"", Code::T0301, "the file is empty"},
      {"\xff\xff\xff\xff", Code::T0301, "damaged, cut short or not ONNX"},
      {"hello, world\n", Code::T0301, "damaged, cut short or not ONNX"},
      {std::string(1000, '\0'), Code::T0301, "damaged, cut short or not ONNX"},
      {"<!DOCTYPE html>", Code::T0301, "it looks like an HTML or XML page"},
      {std::string("\x1c\0\0\0TFL3", 8), Code::T0301, "it looks like a TensorFlow Lite model"},
      {"version https://git-lfs.github.com/spec/v1\n", Code::T0301, "git lfs pull"},
      {"PK\x03\x04", Code::T0301, "it looks like a zip archive"},
      {Wire().integer(1, 8).text(), Code::T0301, "the file has no graph"},
      {Wire().message(7, Wire()).text(), Code::T0301, "the file has no IR version"},
      {Wire().bytes(999, "other").text(), Code::T0301, "the file has no graph"},
      {Wire().integer(1, 8).integer(7, 3).text(), Code::T0301, "the file has no graph"},  // graph as a number
  });
}

TEST_CASE("versions that are not supported", "[onnx_reader]") {
  check_all({
      {model(Wire(), 2).text(), Code::T0311, "IR version 2 is older than 3"},
      {model(Wire(), -1).text(), Code::T0311, "IR version -1 is older than 3"},
      {model(Wire(), 3, 0).text(), Code::T0311, "operator set 0 of ai.onnx is older than 1"},
      {Wire().integer(1, 8).message(7, Wire()).text(), Code::T0302, "opset_import is empty"},
      {model(Wire()).message(8, opset("ai.onnx", 9)).text(), Code::T0302, "versions 15 and 9"},
      {Wire().integer(1, 8).message(7, Wire().message(1, node("Relu"))).message(8, opset("ai.onnx.ml", 3)).text(),
       Code::T0302, "no version of it is imported"},
  });
}

TEST_CASE("tensors whose data do not fit", "[onnx_reader]") {
  const int64_t huge = int64_t{1} << 62;
  check_all({
      {with_initializer(raw_tensor("w", 1, {2, 3}, "12345678")), Code::T0302,
       "tensor 'w': error T0302: raw_data gives 8 bytes, but f32[2,3] takes 24"},
      {with_initializer(tensor("w", 1, {2, 3})), Code::T0302, "the data gives 0 bytes"},
      {with_initializer(tensor("w", 6, {2}).packed(5, {1})), Code::T0302, "the data gives 4 bytes, but i32[2] takes 8"},
      {with_initializer(tensor("w", 6, {2}).packed(7, {1, 2})), Code::T0302,
       "the data gives 0 bytes"},  // the wrong field
      {with_initializer(raw_tensor("w", 22, {3}, "123")), Code::T0302, "raw_data gives 3 bytes, but i4[3] takes 2"},
      {with_initializer(raw_tensor("w", 1, {-1}, "")), Code::T0302, "shape [-1] has a negative dimension"},
      {with_initializer(raw_tensor("w", 1, {huge, 4}, "")), Code::T0308, "more than 2^31 - 1 elements"},
      {with_initializer(raw_tensor("w", 1, {65536, 65536}, "")), Code::T0308, "more than 2^31 - 1 elements"},
      {with_initializer(raw_tensor("w", 1, {huge, 0}, "")), Code::T0308, "more than 2^31 - 1 elements"},
      {with_initializer(raw_tensor("w", 1, {1 << 30}, "")), Code::T0308, "4294967296 bytes are more than 2 GiB"},
      {with_initializer(raw_tensor("w", 1, std::vector<int64_t>(1000, 1), "1234")), Code::T0308,
       "1000 dimensions, more than 64"},
      {with_initializer(tensor("w", 1, {1}).message(3, Wire())), Code::T0302, "cut into segments"},
      {with_initializer(raw_tensor("", 1, {1}, "1234")), Code::T0302, "has no name"},
      {with_initializer(external_tensor("w", {1}, "w.bin")), Code::T0306, "data in another file is not allowed here"},
  });
}

TEST_CASE("element types that are not supported", "[onnx_reader]") {
  check_all({
      {with_initializer(raw_tensor("w", 27, {1}, "1")), Code::T0310,
       "tensor 'w': error T0310: element type float6e2m3 is not supported"},
      {with_initializer(tensor("w", 8, {1}).bytes(6, "text")), Code::T0310, "element type string is not supported"},
      {with_initializer(raw_tensor("w", 28, {4}, "1")), Code::T0310, "element type float6e3m2 is not supported"},
      {with_initializer(tensor("w", 0, {})), Code::T0310, "element type undefined is not supported"},
      {with_initializer(tensor("w", 99, {})), Code::T0310, "element type number 99 is not supported"},
      {with_initializer(tensor("w", -1, {})), Code::T0310, "element type number -1 is not supported"},
      {with_attribute(attribute("value", 4).message(5, tensor("", 8, {1}).bytes(6, "s"))), Code::T0310,
       "node 'n' (Op): tensor 'value': error T0310: element type string"},
  });
}

TEST_CASE("sparse tensors that do not fit", "[onnx_reader]") {
  const Wire values = raw_tensor("s", 3, {2}, "ab");
  const auto indices = [](const std::vector<int64_t>& dims, const std::vector<int64_t>& list) {
    return raw_tensor("", 7, dims, raw_bytes(list));
  };
  check_all({
      {with_sparse(values, indices({2}, {0, 6}), {2, 3}), Code::T0302, "do not fit"},
      {with_sparse(values, indices({2}, {-1, 5}), {2, 3}), Code::T0302, "do not fit"},
      {with_sparse(values, indices({2, 2}, {0, 3, 1, 0}), {2, 3}), Code::T0302, "do not fit"},
      {with_sparse(values, indices({3}, {0, 1, 2}), {2, 3}), Code::T0302, "do not fit"},
      {with_sparse(values, indices({2, 1}, {0, 1}), {2, 3}), Code::T0302, "do not fit"},
      {with_sparse(values, raw_tensor("", 3, {2}, "ab"), {256, 256}), Code::T0302, "do not fit"},
      {with_sparse(raw_tensor("s", 3, {}, "a"), indices({}, {0}), {4}), Code::T0302, "do not fit"},
      {with_sparse(values, indices({2}, {0, 1}), {2000000000}), Code::T0308, "more than 67108864 bytes"},
  });
  const Wire large = sparse_tensor(values, indices({2}, {0, 1}), {50000000});  // each is allowed, not both
  const Reading reading = read(model(Wire().message(15, large).message(15, large)));
  CHECK(reading.errors == 1);
}

TEST_CASE("nodes and attributes that break a rule", "[onnx_reader]") {
  check_all({
      {model(Wire().message(1, Wire().bytes(3, "n"))).text(), Code::T0302,
       "node 'n': error T0302: the node has no operator type"},
      {with_attribute(Wire().bytes(1, "a")), Code::T0302,
       "node 'n' (Op): error T0302: attribute 'a' has no known type"},
      {with_attribute(attribute("a", 77).bytes(99, "new")), Code::T0302, "attribute 'a' has no known type"},
      {with_attribute(attribute("", 2)), Code::T0302, "attribute '' has no name"},
      {with_attribute(attribute("a", 1).bytes(21, "slope")), Code::T0302,
       "refers to a function's attribute outside of a function"},
      {model(Wire().message(1, node("Op").message(5, attribute("a", 2)).message(5, attribute("a", 2)))).text(),
       Code::T0302, "attribute 'a' is given twice"},
      {model(Wire()).message(25, Wire()).text(), Code::T0302, "a model-local function has no name"},
  });
}

TEST_CASE("nesting is limited", "[onnx_reader]") {
  CHECK(read(nested(64)).model);
  check_all({
      {nested(65), Code::T0302, "attribute 'then_branch' nests graphs more than 64 deep"},
      {nested(1000), Code::T0301, "damaged, cut short or not ONNX"},
      {nested_sequences(1000), Code::T0301, "damaged, cut short or not ONNX"},
  });
}

TEST_CASE("all problems are told at once", "[onnx_reader]") {
  Wire graph =
      Wire().message(5, raw_tensor("a", 27, {1}, "1")).message(5, raw_tensor("b", 1, {1}, "1")).message(1, Wire());
  graph.message(
      1, node("If").message(5, attribute("then_branch", 5).message(6, graph_with_initializer(tensor("c", 8, {})))));
  const Reading reading = read(model(graph, 2, 0));
  CHECK(reading.errors == 6);
  for (const std::string_view part :
       {"IR version 2", "operator set 0", "tensor 'a'", "tensor 'b'", "no operator type", "tensor 'c'"}) {
    INFO(part << " in\n" << reading.text);
    CHECK(reading.text.find(part) != std::string::npos);
  }
}

TEST_CASE("files that cannot be read", "[onnx_reader]") {
  const ScratchFolder folder;
  for (const std::string& path :
       {folder.file("absent.onnx"), folder.path().string(), std::string("/dev/zero"), folder.file("a/b")}) {
    Diagnostics diagnostics;
    CHECK_FALSE(read_onnx_model(path, diagnostics));
    REQUIRE(diagnostics.all().size() == 1);
    CHECK(diagnostics.all()[0].code == Code::T0102);
    CHECK_FALSE(read_tensor_proto(path));
  }
  CHECK_FALSE(write_tensor_proto(folder.file("a/b.pb"), "t", ir::Tensor()));
}

TEST_CASE("tensor files that are none", "[onnx_reader]") {
  CHECK(parse_tensor_proto("").message() == "is not a TensorProto, or is cut short");
  CHECK(parse_tensor_proto("\x0a").message() == "is not a TensorProto, or is cut short");
  CHECK(parse_tensor_proto(raw_tensor("t", 1, {2}, "1234").text()).message() ==
        "raw_data gives 4 bytes, but f32[2] takes 8");
  CHECK(parse_tensor_proto(external_tensor("t", {1}, "x").text()).message() ==
        "data in another file is not allowed here");
}

}  // namespace tinyc::test
