// SPDX-License-Identifier: Apache-2.0
// Damaged models: whatever comes out, the reader neither crashes nor hangs, and says why when there is no model.
#include <random>

#include "tests/unit/catch.h"
#include "tests/unit/frontend/reading.h"
#include "tests/unit/frontend/wire_tree.h"

namespace tinyc::test {
namespace {

// A small model with one of everything that the reader looks at.
std::string everything() {
  Wire graph = Wire().bytes(2, "g");
  graph.message(5, raw_tensor("raw", 1, {2, 3}, std::string(24, 'r')));
  graph.message(5, tensor("typed", 6, {4}).packed(5, {1, -2, 300, 4}));
  graph.message(5, raw_tensor("four", 22, {3}, "\x12\x03"));
  graph.message(5, tensor("half", 10, {2}).packed(5, {0x3c00, 0x4000}));
  graph.message(15, sparse_tensor(raw_tensor("sparse", 3, {2}, "ab"),
                                  raw_tensor("", 7, {2}, raw_bytes<int64_t>({1, 3})), {2, 2}));
  const Wire shape = Wire().message(1, Wire().bytes(2, "N")).message(1, Wire().integer(1, 4));
  graph.message(11, Wire().bytes(1, "x").message(2, Wire().message(1, Wire().integer(1, 1).message(2, shape))));
  graph.message(13, Wire().bytes(1, "s").message(
                        2, Wire().message(4, Wire().message(1, Wire().message(1, Wire().integer(1, 1))))));
  Wire every =
      node("Every").message(5, attribute("f", 1).real(2, 0.5F)).message(5, attribute("ints", 7).packed(8, {1, 2, 3}));
  every.message(5, attribute("t", 4).message(5, raw_tensor("", 3, {2}, "ab")))
      .message(5, attribute("s", 3).bytes(4, "text"));
  every.message(
      5, attribute("g", 5).message(6, Wire().message(1, node("Neg")).message(5, raw_tensor("in", 9, {1}, "\x01"))));
  graph.message(1, every);
  Wire function =
      Wire().bytes(1, "F").bytes(10, "mine").bytes(4, "a").bytes(5, "b").bytes(6, "k").message(9, opset("", 15));
  function.message(7, node("LeakyRelu").message(5, attribute("alpha", 1).bytes(21, "k")))
      .message(11, attribute("d", 2).integer(3, 1));
  return model(graph).message(25, function).text();
}

Reading check_survives(const std::string& bytes) {
  Reading reading = read(bytes);
  if (reading.model.has_value() == (reading.errors != 0)) FAIL("model and errors, or neither");
  return reading;
}

// Bytes that mean something to protobuf: long lengths, the largest numbers, end-of-group tags.
char telling_byte(std::mt19937& random) {
  constexpr unsigned char kBytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0c, 0x3a, 0x2a, 0x08};
  return static_cast<char>(kBytes[random() % std::size(kBytes)]);
}

std::string mutated(std::string bytes, std::mt19937& random) {
  for (auto changes = 1 + random() % 4; changes != 0 && !bytes.empty(); --changes) {
    const size_t at = random() % bytes.size();
    switch (random() % 5) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        break;
      case 1:
        bytes[at] = telling_byte(random);
        break;
      case 2:
        bytes.erase(at, 1 + random() % 8);
        break;
      case 3:
        bytes.insert(at, 1 + random() % 9, telling_byte(random));
        break;
      default:
        bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 64));
        break;
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("the model to be damaged is whole", "[onnx_reader]") {
  const Reading reading = read(everything());
  INFO(reading.text);
  CHECK(reading.model);
}

TEST_CASE("a model cut at any length is survived", "[onnx_reader]") {
  const std::string whole = everything();
  for (size_t length = 0; length < whole.size(); ++length) {
    INFO("length " << length);
    check_survives(whole.substr(0, length));
  }
}

TEST_CASE("every byte may have any of the telling values", "[onnx_reader]") {
  const std::string whole = everything();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      INFO("byte " << at << " = " << value);
      std::string bytes = whole;
      bytes[at] = static_cast<char>(value);
      check_survives(bytes);
    }
  }
}

TEST_CASE("random damage is survived", "[onnx_reader]") {
  const std::string whole = everything();
  for (unsigned seed = 0; seed < 20000; ++seed) {
    std::mt19937 random(seed);
    INFO("seed " << seed);
    check_survives(mutated(whole, random));
  }
}

TEST_CASE("damaged fields are survived", "[onnx_reader]") {
  const std::vector<WireField> whole = take_fields(everything()).value();
  REQUIRE(write_fields(whole).text() == everything());
  int models = 0;
  int refused = 0;  // by the reader, not by protobuf's parser
  for (unsigned seed = 0; seed < 20000; ++seed) {
    std::mt19937 random(seed);
    std::vector<WireField> fields = whole;
    for (auto changes = 1 + random() % 3; changes != 0; --changes) damage(fields, random);
    INFO("seed " << seed);
    const Reading reading = check_survives(write_fields(fields).text());
    models += reading.model ? 1 : 0;
    refused += !reading.model && reading.code != Code::T0301 ? 1 : 0;
  }
  CHECK(models > 2000);
  CHECK(refused > 2000);
}

TEST_CASE("random bytes are survived", "[onnx_reader]") {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    std::mt19937 random(seed);
    std::string bytes(random() % 200, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    INFO("seed " << seed);
    check_survives(bytes);
    (void)parse_tensor_proto(bytes);
  }
}

}  // namespace tinyc::test
