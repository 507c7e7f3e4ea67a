// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "compiler/driver/budgets.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/model_report.h"
#include "compiler/driver/output_files.h"
#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/json.h"

namespace tinyc {

int command_run(const Options& options, Diagnostics& diagnostics) {
  const std::optional<ModelWithReport> made = compile_within_budgets(options, diagnostics);
  if (!made) return 1;
  const CompiledModel* model = &made->model;
  if (!toolchain_ready(*options.target, true, diagnostics)) return 1;
  const std::optional<DataSet> set = read_inputs(options.input_files, *model, diagnostics);
  if (!set) return 1;
  const std::optional<RunResult> result = build_and_run_windows(*model, options, {&*set, 1}, diagnostics);
  if (!result) return 1;
  std::map<std::string, std::string> files;
  Json outputs = Json::array();
  for (size_t i = 0; i < data_outputs(model->emission).size(); ++i) {
    const std::string name = data_outputs(model->emission)[i].name;
    files[fmt::format("output_{}.pb", i)] = tensor_proto_bytes(name, result->outputs[0][i]);
    outputs.push_back({{"name", name}, {"file", fmt::format("output_{}.pb", i)}});
  }
  if (!write_all(options.output_dir, files, diagnostics)) return 1;
  if (options.json) {
    Json json = {
        {"schema", "tinyc-run"}, {"schema_version", 1}, {"target", options.target->name}, {"outputs", outputs}};
    json["stack_bytes"] = result->stack_bytes ? Json(result->stack_bytes) : Json(nullptr);
    fmt::print("{}", json_text(json));
  }
  return 0;
}

}  // namespace tinyc
