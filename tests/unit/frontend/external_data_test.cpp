// SPDX-License-Identifier: Apache-2.0
// Data in files beside the model: what is read, and that a model cannot reach other files.
#include "compiler/frontend/external_data.h"

#include "tests/unit/catch.h"
#include "tests/unit/frontend/reading.h"
#include "tests/unit/scratch_folder.h"

namespace tinyc::test {
namespace {

namespace fs = std::filesystem;

// A model's folder with data in it, and a file outside that no model may read.
struct Folders {
  ScratchFolder scratch;
  std::string model;
  Folders() : model(scratch.file("model")) {
    fs::create_directories(fs::path(model) / "sub");
    scratch.write("secret.bin", "secret!!");
    scratch.write("model/w.bin", "0123456789");
    scratch.write("model/sub/v.bin", "abcdefgh");
    scratch.write("model2", "a name that begins like the folder's");
  }
};

std::string message_of(const Result<std::string>& result) { return result ? "read: " + *result : result.message(); }

}  // namespace

TEST_CASE("external data is read from its place", "[external_data]") {
  const Folders folders;
  CHECK(message_of(read_external_data(folders.model, {"w.bin", 0, {}}, 4)) == "read: 0123");
  CHECK(message_of(read_external_data(folders.model, {"w.bin", 6, 4}, 4)) == "read: 6789");
  CHECK(message_of(read_external_data(folders.model, {"./sub/v.bin", 1, {}}, 2)) == "read: bc");
  CHECK(message_of(read_external_data(folders.model, {"w.bin", 10, {}}, 0)) == "read: ");
}

TEST_CASE("external data must be long enough", "[external_data]") {
  const Folders folders;
  CHECK(message_of(read_external_data(folders.model, {"w.bin", 7, {}}, 4)) ==
        "file 'w.bin' has 10 bytes, but 4 bytes from offset 7 on are needed");
  CHECK(message_of(read_external_data(folders.model, {"w.bin", 0, 5}, 4)) ==
        "the entry for file 'w.bin' says 5 bytes, the shape needs 4");
  CHECK(message_of(read_external_data(folders.model, {"w.bin", ~uint64_t{0}, {}}, 4)) ==
        "offset 18446744073709551615 in file 'w.bin' is too large");
  CHECK(message_of(read_external_data(folders.model, {"w.bin", ~uint64_t{0} >> 1, {}}, 4)).find("too large") !=
        std::string::npos);
}

TEST_CASE("external data stays inside the model's folder", "[external_data]") {
  const Folders folders;
  fs::create_symlink("../secret.bin", fs::path(folders.model) / "leaves.bin");
  fs::create_symlink("..", fs::path(folders.model) / "up");
  fs::create_symlink("sub/v.bin", fs::path(folders.model) / "stays.bin");
  fs::create_symlink("loop.bin", fs::path(folders.model) / "loop.bin");
  const std::string secret = folders.scratch.file("secret.bin");
  const std::pair<std::string, std::string> cases[] = {
      {"../secret.bin", "'../secret.bin' leaves the model's folder"},
      {"sub/../../secret.bin", "'sub/../../secret.bin' leaves the model's folder"},
      {"sub\\..\\..\\secret.bin", "'sub\\..\\..\\secret.bin' leaves the model's folder"},
      {secret, "'" + secret + "' is an absolute path"},
      {"C:\\w.bin", "'C:\\w.bin' is an absolute path"},
      {"leaves.bin", "'leaves.bin' is a link that leaves the model's folder"},
      {"up/secret.bin", "'up/secret.bin' is a link that leaves the model's folder"},
      {"up/model2", "'up/model2' is a link that leaves the model's folder"},
      {"stays.bin", "read: abcd"},
      {"", "names no file ('location' is empty)"},
      {std::string("w.bin\0.txt", 10), "has a file name with a zero byte"},
      {"absent.bin", "file 'absent.bin' is missing"},
      {"sub", "file 'sub' is a folder, not a file"},
  };
  for (const auto& [location, expected] : cases) {
    CHECK(message_of(read_external_data(folders.model, {location, 0, {}}, 4)) == expected);
  }
  CHECK_FALSE(read_external_data(folders.model, {"loop.bin", 0, {}}, 4));
  CHECK_FALSE(read_external_data(folders.model, {std::string(100000, 'x'), 0, {}}, 4));
}

TEST_CASE("a model reads its external data", "[external_data]") {
  const Folders folders;
  const Wire data =
      external_tensor("w", {2}, "w.bin").message(13, entry("offset", "2")).message(13, entry("length", "8"));
  const Reading reading = read(model(graph_with_initializer(data)).text(), folders.model);
  INFO(reading.text);
  REQUIRE(reading.model);
  CHECK(std::memcmp(reading.model->graph.initializers[0].data.data(), "23456789", 8) == 0);
}

TEST_CASE("a model without folder in its path reads beside itself", "[external_data]") {
  const Folders folders;
  folders.scratch.write("model/m.onnx", model(graph_with_initializer(external_tensor("w", {2}, "w.bin"))).text());
  const fs::path before = fs::current_path();
  fs::current_path(folders.model);
  Diagnostics diagnostics;
  CHECK(read_onnx_model("m.onnx", diagnostics));
  fs::current_path(before);
}

TEST_CASE("bad external entries name tensor and file", "[external_data]") {
  const Folders folders;
  const auto text_of = [&](const Wire& data) {
    return read(model(graph_with_initializer(data)).text(), folders.model).text;
  };
  CHECK(text_of(external_tensor("w", {2}, "gone.bin")) ==
        "m.onnx: tensor 'w': error T0306: file 'gone.bin' is missing\n"
        "  help: keep the model and its data files together in one folder\n");
  for (const std::string_view number : {"", "-1", "1x", " 1", "99999999999999999999"}) {
    const std::string text = text_of(external_tensor("w", {2}, "w.bin").message(13, entry("offset", number)));
    CHECK(text.find("which is not a number of bytes") != std::string::npos);
  }
}

}  // namespace tinyc::test
