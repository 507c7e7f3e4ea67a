// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/options.h"

#include <set>

#include "compiler/driver/option_table.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

Options parsed(const std::vector<std::string>& arguments) {
  Diagnostics diagnostics;
  const auto options = parse_options(arguments, diagnostics);
  for (const Diagnostic& problem : diagnostics.all()) INFO(render(problem, false));
  REQUIRE(options);
  return *options;
}

std::string problem_of(const std::vector<std::string>& arguments) {
  Diagnostics diagnostics;
  CHECK_FALSE(parse_options(arguments, diagnostics));
  REQUIRE(diagnostics.all().size() == 1);
  return diagnostics.all()[0].message;
}

TEST_CASE("a model and a target compile") {
  const Options options = parsed({"dir/KWS-net.v2.onnx", "--target", "cortex-m4"});
  CHECK(options.command == Command::compile);
  CHECK(options.name == "kws_net_v2");
  CHECK(options.target == find_target("cortex-m4"));
  CHECK(options.given == std::vector<std::string>{"KWS-net.v2.onnx", "--target cortex-m4"});
}

TEST_CASE("options take values attached or apart") {
  const Options options = parsed({"m.onnx", "--target=host", "--ram=64K", "--flash", "1M", "-Os", "--dim", "a=b=3"});
  CHECK(options.ram_bytes == 64 * 1024);
  CHECK(options.flash_bytes == 1024 * 1024);
  CHECK(options.optimisation == "-Os");
}

TEST_CASE("the folder of the output is no part of the emitted header") {
  const Options options = parsed({"m.onnx", "--target", "host", "-o", "a/b", "--golden", "sets"});
  CHECK(options.given == std::vector<std::string>{"m.onnx", "--target host"});
}

TEST_CASE("a board gives target and budgets, which options override") {
  const Options options = parsed({"m.onnx", "--board", "pico", "--ram", "8K"});
  CHECK(std::string_view(options.target->name) == "cortex-m0plus");
  CHECK(options.ram_bytes == 8 * 1024);
  CHECK(options.flash_bytes == static_cast<int64_t>(find_board("pico")->flash_bytes));
}

TEST_CASE("regions are the board's and those given; budgets follow from both") {
  const Options options = parsed({"m.onnx", "--board", "pico", "--region", "psram=ram@0x15000000+2M,wait=2.5"});
  REQUIRE(options.regions.size() == find_board("pico")->regions.size() + 1);
  const MemoryRegion& psram = options.regions.back();
  CHECK(psram.name == "psram");
  CHECK(psram.writable);
  CHECK(psram.base == 0x15000000);
  CHECK(psram.bytes == 2 << 20);
  CHECK(psram.wait_cycles == 2.5);
  CHECK(options.ram_bytes == (264 << 10) + (2 << 20));
  CHECK(options.flash_bytes == 2 << 20);
  CHECK_FALSE(parsed({"m.onnx", "--target", "host", "--region", "a=ram@4096+1K"}).flash_bytes);
}

TEST_CASE("regions that touch do not overlap; all that is wrong is said at once") {
  parsed({"m.onnx", "--target", "cortex-m4", "--region", "a=ram@0x1000+4K", "--region", "b=ram@0x2000+4K"});
  const std::string problem = problem_of({"m.onnx", "--target", "cortex-m4", "--region", "a=ram@0x1000+4K", "--region",
                                          "b=flash@0x1fff+4K", "--region", "b=ram@0xfffff000+8K"});
  CHECK(problem.find("b (0x00001fff to 0x00002ffe) overlaps a (0x00001000 to 0x00001fff)") != std::string::npos);
  CHECK(problem.find("there are two regions 'b'") != std::string::npos);
  CHECK(problem.find("out of reach") != std::string::npos);
}

TEST_CASE("accuracy takes a second model, on either side of its data, and runs here unless told otherwise") {
  for (const auto& words : {std::vector<std::string>{"accuracy", "a.onnx", "b.onnx", "--data", "d", "e"},
                            std::vector<std::string>{"accuracy", "a.onnx", "--data", "d", "e", "b.onnx"}}) {
    const Options options = parsed(words);
    CHECK(options.model == "a.onnx");
    CHECK(options.second_model == "b.onnx");
    CHECK(options.data_dirs == std::vector<std::string>{"d", "e"});
    CHECK(options.target == find_target("host"));
  }
}

TEST_CASE("several folders may follow --data once the model is named") {
  const Options after = parsed({"verify", "m.onnx", "--target", "host", "--data", "a", "b", "--steps", "1"});
  CHECK(after.data_dirs == std::vector<std::string>{"a", "b"});
  CHECK(after.steps == 1);
  const Options before = parsed({"verify", "--target", "host", "--data", "a", "m.onnx"});
  CHECK(before.data_dirs == std::vector<std::string>{"a"});
  CHECK(before.model == "m.onnx");
}

TEST_CASE("help can be about a command") {
  CHECK(parsed({"verify", "--help"}).topic == "verify");
  CHECK(parsed({"--help"}).topic.empty());
  CHECK(parsed({}).command == Command::help);
}

TEST_CASE("numbers are read to their end") {
  CHECK(problem_of({"m.onnx", "--target", "host", "--steps", "1x"}) == "--steps: '1x' is not a number of at least 0");
  CHECK(problem_of({"m.onnx", "--target", "host", "--rtol", "nan"}) == "--rtol: 'nan' is not a tolerance");
  CHECK(problem_of({"m.onnx", "--target", "host", "--ram", "9999999999999M"}).starts_with("--ram: "));
}

TEST_CASE("check, run and verify take every option of compile") {
  for (const OptionRow& row : option_table()) {
    if (!(row.commands & only(Command::compile))) continue;
    for (const Command command : {Command::check, Command::run, Command::verify}) {
      if (row.name == "--share-workspace") continue;  // what is run and verified is one model
      if (row.name == "--report") continue;           // about the report alone
      INFO(row.name);
      CHECK((row.commands & only(command)) != 0);
    }
  }
}

TEST_CASE("option names are unique and help names them all") {
  std::set<std::string_view> names;
  const std::string help = help_text(Command::help) + help_text(Command::run) + help_text(Command::verify);
  for (const OptionRow& row : option_table()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    if (!row.short_name.empty()) CHECK(names.insert(row.short_name).second);
    CHECK(help.find(std::string(row.name)) != std::string::npos);
  }
  for (const CommandRow& row : command_table()) CHECK(&command_row(row.command) == &row);
}

}  // namespace
}  // namespace tinyc
