// SPDX-License-Identifier: Apache-2.0
// AccuracyReport -> JSON; docs/report-schema.md describes every field.
#include <cmath>

#include "compiler/quantizer/accuracy_report.h"
#include "compiler/support/json.h"

namespace tinyc {
namespace {

constexpr int kSchemaVersion = 1;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json layer_json(const LayerAccuracy& layer) {
  const ValueDifference& difference = layer.difference;
  Json json = {{"name", layer.name},
               {"reference", layer.reference},
               {"matched_by", layer.matched_by},
               {"op", layer.op},
               {"nodes", layer.nodes},
               {"type", layer.type},
               {"elements", difference.elements()},
               {"unequal", difference.unequal()},
               {"snr_db", number(difference.snr_db())},
               {"cosine", number(difference.cosine())},
               {"largest", number(difference.largest())}};
  json["step"] = layer.step ? Json(*layer.step) : Json(nullptr);
  json["largest_steps"] = layer.step ? number(difference.largest() / *layer.step) : Json(nullptr);
  const auto worst = difference.worst_channel();
  json["worst_channel"] = worst ? Json{{"index", worst->index}, {"snr_db", number(worst->snr_db)}} : Json(nullptr);
  return json;
}

Json unmatched_json(const std::vector<UnmatchedLayer>& layers) {
  Json list = Json::array();
  for (const UnmatchedLayer& layer : layers)
    list.push_back({{"name", layer.name}, {"op", layer.op}, {"nodes", layer.nodes}});
  return list;
}

Json model_json(const ComparedModel& model) {
  return {{"model", model.file}, {"model_sha256", model.sha256}, {"execution", model.execution}};
}

Json emitted_json(const AccuracyReport& report) {
  Json outputs = Json::array();
  for (const EmittedOutput& output : report.emitted) {
    outputs.push_back({{"name", output.name},
                       {"elements", output.elements},
                       {"unequal", output.unequal},
                       {"largest", number(output.largest)},
                       {"unit", output.integer ? "steps" : "absolute"}});
  }
  return {{"target", report.target},
          {"not_run", report.not_run.empty() ? Json(nullptr) : Json(report.not_run)},
          {"outputs", std::move(outputs)}};
}

}  // namespace

std::string accuracy_json(const AccuracyReport& report) {
  Json json = {{"schema", "tinyc-accuracy"}, {"schema_version", kSchemaVersion}};
  json["reference"] = model_json(report.reference);
  json["executed"] = model_json(report.executed);
  json["sets"] = report.sets;
  json["layers"] = Json::array();
  for (const LayerAccuracy& layer : report.layers) json["layers"].push_back(layer_json(layer));
  json["only_in_reference"] = unmatched_json(report.only_in_reference);
  json["only_in_executed"] = unmatched_json(report.only_in_executed);
  json["emitted"] = emitted_json(report);
  return json_text(json);
}

}  // namespace tinyc
