// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/tolerances.h"

#include <filesystem>

#include "tests/unit/catch.h"
#include "tests/unit/scratch_folder.h"

namespace tinyc {
namespace {

EmissionPlan plan_with_outputs(size_t count) {
  EmissionPlan plan;
  plan.outputs.resize(count);
  return plan;
}

Options options_for(const test::ScratchFolder& folder, const std::string& index) {
  folder.write("index.json", index);
  std::filesystem::create_directories(folder.path() / "kws");
  Options options;
  options.model = folder.file("kws/model.onnx");
  options.accept_file = folder.file("index.json");
  return options;
}

TEST_CASE("entries are found by folder, and count per output") {
  const test::ScratchFolder folder;
  const Options options = options_for(folder, R"({"kws": {"accept": [{"rtol": 0.5, "atol": 0.25}, {"steps": 3}]}})");
  Diagnostics diagnostics;
  const auto tolerances = output_tolerances(options, plan_with_outputs(3), diagnostics);
  REQUIRE(tolerances);
  CHECK((*tolerances)[0].rtol == 0.5);
  CHECK((*tolerances)[0].atol == 0.25);
  CHECK((*tolerances)[1].steps == 3);
  CHECK((*tolerances)[2].steps == 3);
}

TEST_CASE("entries are found by file name, and options override them") {
  const test::ScratchFolder folder;
  Options options = options_for(folder, R"({"model": {"accept": [{"steps": 3}]}})");
  options.steps = 1;
  options.rtol = 0.125;
  Diagnostics diagnostics;
  const auto tolerances = output_tolerances(options, plan_with_outputs(1), diagnostics);
  REQUIRE(tolerances);
  CHECK((*tolerances)[0].steps == 1);
  CHECK((*tolerances)[0].rtol == 0.125);
  CHECK((*tolerances)[0].atol == 1e-7);
}

TEST_CASE("damaged files are refused") {
  const test::ScratchFolder folder;
  for (const char* text : {"", "[", "[]", "3", R"({"kws": 1})", R"({"kws": {"accept": []}})", R"({"kws": {"accept": [1]}})",
                           R"({"kws": {"accept": [{"rtol": "x"}]}})", R"({"other": {}})"}) {
    INFO(text);
    Diagnostics diagnostics;
    CHECK_FALSE(output_tolerances(options_for(folder, text), plan_with_outputs(1), diagnostics));
    CHECK(diagnostics.has_errors());
  }
}

}  // namespace
}  // namespace tinyc
