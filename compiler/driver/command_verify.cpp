// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "compiler/driver/budgets.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/compare.h"
#include "compiler/driver/measure.h"
#include "compiler/driver/model_report.h"
#include "compiler/driver/tolerances.h"
#include "compiler/support/json.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

struct OutputResult {
  std::string set;
  std::string output;
  bool integer = false;
  Comparison comparison;
};

std::string index_text(int64_t index, const ir::Shape& shape) {
  std::string text;
  const ir::Shape strides = ir::strides_of(shape);
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    text += fmt::format("{}{}", axis ? "," : "", index / strides[axis] % shape[axis]);
  }
  return "[" + text + "]";
}

void print_result(const OutputResult& result, const ir::Shape& shape) {
  const Comparison& c = result.comparison;
  const std::string largest =
      result.integer ? fmt::format("{} steps", static_cast<int64_t>(c.largest)) : shortest(c.largest);
  fmt::print("{} {}: {}, largest difference {}", result.set, result.output,
             c.different ? fmt::format("{} of {} elements too far off", c.different, c.elements)
                         : fmt::format("{} elements agree", c.elements),
             largest);
  if (c.first >= 0) {
    fmt::print(", first at {}: {} instead of {}", index_text(c.first, shape), shortest(c.value), shortest(c.expected));
  }
  fmt::print("\n");
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json result_json(const OutputResult& result) {
  const Comparison& c = result.comparison;
  Json json = {{"set", result.set},
               {"output", result.output},
               {"elements", c.elements},
               {"different", c.different},
               {"unequal", c.unequal},
               {"largest", number(c.largest)},
               {"unit", result.integer ? "steps" : "absolute"}};
  json["first"] = c.first < 0 ? Json(nullptr)
                              : Json{{"index", c.first}, {"value", number(c.value)}, {"expected", number(c.expected)}};
  return json;
}

class Verification {
 public:
  // Dimensions that the model leaves open are those of the data.
  Verification(const Options& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {
    for (const auto& [name, size] : dims_of_data(options.model, options.data_dirs)) options_.dims.emplace(name, size);
  }

  int run() {
    made_ = compile_within_budgets(options_, diagnostics_);
    if (!made_) return 1;
    model_ = &made_->model;
    if (!toolchain_ready(*options_.target, true, diagnostics_)) return 1;
    const auto sets = read_data_sets(options_.data_dirs, options_.expect_prefix, *model_, diagnostics_);
    const auto tolerances = output_tolerances(options_, model_->emission, diagnostics_);
    if (!sets || !tolerances) return 1;
    const std::optional<RunResult> result = build_and_run_windows(*model_, options_, *sets, diagnostics_);
    if (!result) return 1;
    for (size_t s = 0; s < sets->size(); ++s) compare_set((*sets)[s], result->outputs[s], *tolerances);
    return options_.json ? print_json(*result) : print_text(*result);
  }

 private:
  void compare_set(const DataSet& set, const std::vector<ir::Tensor>& outputs,
                   const std::vector<Tolerance>& tolerances) {
    for (size_t i = 0; i < set.expected.size(); ++i) {
      const bool integer = !ir::is_float(set.expected[i].element());
      results_.push_back({set.label, data_outputs(model_->emission)[i].name, integer,
                          compare(outputs[i], set.expected[i], tolerances[i])});
      shapes_.push_back(set.expected[i].shape());
      agree_ &= results_.back().comparison.different == 0;
    }
  }

  int print_text(const RunResult& run) const {
    for (size_t i = 0; i < results_.size(); ++i) print_result(results_[i], shapes_[i]);
    if (run.stack_bytes) fmt::print("stack {} B (measured), ", with_commas(run.stack_bytes));
    fmt::print("{} on {}: {}\n", options_.name, options_.target->name, agree_ ? "agrees" : "DIFFERS");
    return agree_ ? 0 : 2;
  }

  int print_json(const RunResult& run) {
    std::optional<Measurement> measurement = made_->measurement;
    if (!measurement) measurement = measure_object(*model_, options_, diagnostics_);
    if (!measurement) return 1;
    add_stack(*measurement, run, *options_.target);
    add_measurement(made_->report, *measurement);
    Json json = {{"schema", "tinyc-verify"}, {"schema_version", 1}, {"agrees", agree_}};
    json["results"] = Json::array();
    for (const OutputResult& result : results_) json["results"].push_back(result_json(result));
    json["report"] = Json::parse(report_json(made_->report));
    fmt::print("{}", json_text(json));
    return agree_ ? 0 : 2;
  }

  Options options_;
  Diagnostics& diagnostics_;
  std::optional<ModelWithReport> made_;
  const CompiledModel* model_ = nullptr;  // of made_
  std::vector<OutputResult> results_;
  std::vector<ir::Shape> shapes_;
  bool agree_ = true;
};

}  // namespace

int command_verify(const Options& options, Diagnostics& diagnostics) {
  return Verification(options, diagnostics).run();
}

}  // namespace tinyc
