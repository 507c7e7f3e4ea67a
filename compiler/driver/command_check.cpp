// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/driver/budgets.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/compile_model.h"
#include "compiler/driver/model_report.h"
#include "compiler/driver/print_json.h"
#include "compiler/driver/shared_workspace.h"
#include "compiler/frontend/onnx_reader.h"
#include "compiler/frontend/operator_uses.h"
#include "compiler/support/json.h"

namespace tinyc {
namespace {

std::string domain_of(const OperatorUse& use) { return use.domain.empty() ? "ai.onnx" : use.domain; }

void print_operators(const std::vector<OperatorUse>& uses) {
  fmt::print("operators of the model\n");
  for (const OperatorUse& use : uses) {
    fmt::print("  {:>5} x {:<28} {}\n", use.count, use.op_type + (use.domain.empty() ? "" : " (" + use.domain + ")"),
               use.supported ? "" : "not supported");
  }
  fmt::print("\n");
}

Json operators_json(const std::vector<OperatorUse>& uses) {
  Json list = Json::array();
  for (const OperatorUse& use : uses) {
    list.push_back(
        {{"domain", domain_of(use)}, {"op_type", use.op_type}, {"count", use.count}, {"supported", use.supported}});
  }
  return list;
}

// The figures, even when they are over budget.
std::optional<Report> examine(const Options& options, Diagnostics& diagnostics) {
  std::optional<ModelWithReport> made = compile_with_report(options, diagnostics);
  if (!made) return std::nullopt;
  return std::move(made->report);
}

}  // namespace

int command_check(const Options& options, Diagnostics& diagnostics) {
  if (options.share_workspace) return check_together(options, diagnostics);
  std::vector<OperatorUse> uses;
  {
    Diagnostics quiet;  // compile_model() reports the same again
    const bool is_ir = options.model.ends_with(".ir");
    if (const auto model = is_ir ? std::nullopt : read_onnx_model(options.model, quiet); model)
      uses = operators_of(*model);
  }
  const std::optional<Report> report = examine(options, diagnostics);
  const bool fits = !diagnostics.has_errors();
  if (options.json) {
    Json json = {{"schema", "tinyc-check"}, {"schema_version", 1}, {"fits", fits}, {"operators", operators_json(uses)}};
    json["problems"] = problems_json(diagnostics);
    json["report"] = report ? Json::parse(report_json(*report)) : Json(nullptr);
    fmt::print("{}", json_text(json));
    return fits ? 0 : 1;
  }
  if (!uses.empty()) print_operators(uses);
  if (report) fmt::print("{}\n", report_text(*report));
  fmt::print("{} on {}: {}\n", options.name, options.board ? options.board->name : options.target->name,
             fits ? "fits" : "does not fit, see the errors");
  return fits ? 0 : 1;
}

}  // namespace tinyc
