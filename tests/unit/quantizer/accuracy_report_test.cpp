// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantizer/accuracy_report.h"

#include "compiler/support/json.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

AccuracyReport sample() {
  AccuracyReport report;
  report.reference = {"a.onnx", "00", "here"};
  report.executed = {"<b>&.onnx", "11", "there"};
  report.sets = {"test_data_set_0"};
  LayerAccuracy layer;
  layer.name = "x<y>\n";
  layer.reference = "x";
  layer.matched_by = "name";
  layer.op = "conv";
  layer.type = "i8[1,2]";
  layer.step = 0.25;
  layer.difference.add({1, 2}, {1, 2.5}, {1, 2});
  report.layers = {layer, layer};
  report.layers[1].difference = {};
  report.layers[1].difference.add({0, 0}, {1, 0}, {1, 2});
  report.not_run = "no compiler";
  return report;
}

TEST_CASE("accuracy as JSON: numbers, and null where there is none") {
  const auto json = json_from(accuracy_json(sample()));
  REQUIRE(json);
  const Json& layer = (*json)["layers"][0];
  CHECK(layer["largest_steps"] == 2.0);
  CHECK(layer["worst_channel"]["index"] == 1);
  CHECK(layer["snr_db"].get<double>() == Approx(13.0103));
  CHECK((*json)["layers"][1]["snr_db"].is_null());  // no signal
  CHECK((*json)["emitted"]["not_run"] == "no compiler");
}

TEST_CASE("accuracy as text and HTML: names from models cannot steer a terminal or a page") {
  const std::string text = accuracy_text(sample());
  CHECK(text.find("x<y>\\x0a") != std::string::npos);
  CHECK(text.find("emitted code not run: no compiler") != std::string::npos);
  const std::string html = accuracy_html(sample());
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("&lt;b&gt;&amp;.onnx") != std::string::npos);
  CHECK(html.find("x&lt;y&gt;") != std::string::npos);
}

}  // namespace
}  // namespace tinyc
