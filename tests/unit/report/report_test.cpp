// SPDX-License-Identifier: Apache-2.0
// The report of a small model, against figures worked out by hand.
#include "compiler/report/report.h"

#include "compiler/support/json.h"
#include "ir/print.h"
#include "tests/unit/catch.h"
#include "tests/unit/schedule/programs.h"

namespace tinyc {
namespace {

// conv: 3*3*2 weights per output, 16 outputs; workspace: input 16 floats beside output 16 floats.
constexpr const char* kModel = R"(graph "g"(%x: f32[1,4,4,1]) {
  %w = constant() {value = f32[1,3,3,1] [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]} : f32[1,3,3,1]
  %y = conv(%x, %w) {pads = [1, 1, 1, 1]} : f32[1,4,4,1] loc("my conv")
  return %y
}
)";

struct Made {
  std::unique_ptr<ir::Graph> graph;
  std::unique_ptr<Program> program;
  EmissionPlan emission;
};

Made made() {
  Made result;
  result.graph = ir::parse(kModel).take();
  result.program = std::make_unique<Program>(testing::lowered(*result.graph));
  EmitOptions options;
  options.name = "net";
  result.emission = make_emission_plan(*result.graph, *result.program, plan_memory(*result.program), *find_target("cortex-m4"), options);
  return result;
}

TEST_CASE("figures of a report") {
  const Made model = made();
  const Report report = make_report(model.emission, find_board("pico"));
  CHECK(report.macs == 9 * 16);
  CHECK(report.workspace_bytes.value == 96);  // the result lies over rows that are not read any more
  CHECK(report.state_bytes.value == 0);
  CHECK(report.code_bytes.value == report.layers[0].code_bytes.value);
  CHECK(report.flash_bytes.value == *report.code_bytes.value + *report.weights_bytes.value);
  CHECK(report.code_bytes.how.find("estimate") == 0);
  CHECK(report.layers.size() == 1);
  CHECK(report.layers[0].nodes == std::vector<std::string>{"my conv"});
  CHECK(report.layers[0].live_bytes == 96);
  CHECK(report.transposes == 0);
  const double cycles = static_cast<double>(*report.cycles.nominal);
  CHECK(*report.board->milliseconds == Approx(cycles / 133e3).epsilon(0.01));
}

TEST_CASE("counted work, time and energy of a board") {
  const Made model = made();
  Report report = make_report(model.emission, find_board("nucleo-l4r5zi"), {.per_second = 10, .battery_mah = 240});
  Measurement measurement;
  measurement.counted = CountedWork{1000000, 1200000, 1100000, 1300000};
  measurement.layers_counted = {{900000, 1080000, 1000000, 1200000}};
  add_measurement(report, measurement);
  CHECK(report.instructions.value == 1000000);
  CHECK(report.cycles.low == 1100000);
  CHECK(report.layers[0].cycles.nominal == 1080000);
  // 1.2 M cycles, 1.33 each, at 120 MHz and 0.11 mA per MHz: 13.3 ms, 10 times a second.
  CHECK(*report.board->milliseconds == Approx(13.3));
  CHECK(*report.board->microjoules == Approx(1.2e6 * 1.33 * 0.11e-3 * 3.3));
  CHECK(*report.board->duty == Approx(0.133));
  CHECK(*report.board->average_ma == Approx(13.2 * 0.133));
  CHECK(*report.board->battery_days == Approx(240 / (13.2 * 0.133) / 24));
  const Report hurried = make_report(model.emission, find_board("nucleo-l4r5zi"), {.per_second = 1e8, .battery_mah = {}});
  CHECK(*hurried.board->duty > 1);
  CHECK_FALSE(hurried.board->average_ma);
}

TEST_CASE("measured figures replace unknown ones and say how") {
  const Made model = made();
  Report report = make_report(model.emission, nullptr);
  Measurement measurement;
  measurement.code_bytes = 300;
  measurement.constant_bytes = 100;
  measurement.stack_bound = 64;
  measurement.layer_code_bytes = {250};
  measurement.compiler = "some-g++ -O2";
  add_measurement(report, measurement);
  CHECK(report.flash_bytes.value == 400);
  CHECK(report.layers[0].code_bytes.value == 250);
  CHECK(report.stack_bytes.how.starts_with("bound"));
  measurement.stack_bytes = 48;
  add_measurement(report, measurement);
  CHECK(report.stack_bytes.value == 48);
  CHECK(report.stack_bytes.how.starts_with("measured"));
}

TEST_CASE("the JSON form has every field of its schema") {
  const Made model = made();
  const auto json = json_from(report_json(make_report(model.emission, nullptr)));
  REQUIRE(json);
  for (const char* field : {"schema", "schema_version", "tinyc", "name", "model", "model_sha256", "command", "target", "board", "inputs", "outputs",
                            "macs", "workspace_bytes", "state_bytes", "weights_bytes", "code_bytes", "flash_bytes", "stack_bytes",
                            "instructions", "cycles", "how", "transposes", "layers", "plan", "build"}) {
    INFO(field);
    CHECK(json->contains(field));
  }
  CHECK((*json)["stack_bytes"].is_null());
  CHECK((*json)["inputs"][0]["type"] == "float32");
  CHECK((*json)["layers"][0]["cycles"]["nominal"].is_number());
  CHECK((*json)["plan"]["buffers"].size() == 2);
}

TEST_CASE("the HTML form is one page without references to elsewhere") {
  const Made model = made();
  const std::string html = report_html(make_report(model.emission, nullptr));
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(html.find("http") == std::string::npos);
  CHECK(html.find("<svg") != std::string::npos);
}

}  // namespace
}  // namespace tinyc
