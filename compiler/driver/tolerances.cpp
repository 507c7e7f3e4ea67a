// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/tolerances.h"

#include <fmt/format.h>

#include <filesystem>

#include "compiler/support/file.h"
#include "compiler/support/json.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestIndex = uint64_t{64} << 20;

// "accept": [{"rtol": .., "atol": ..} or {"steps": ..}, one per output]; fewer entries: the last one holds for the
// rest.
bool read_entry(const Json& entry, Tolerance& tolerance) {
  if (!entry.is_object()) return false;
  for (const char* key : {"rtol", "atol", "steps"}) {
    if (entry.contains(key) && !entry[key].is_number()) return false;
  }
  tolerance.rtol = entry.value("rtol", tolerance.rtol);
  tolerance.atol = entry.value("atol", tolerance.atol);
  tolerance.steps = entry.value("steps", tolerance.steps);
  return true;
}

// The entry of a model: by the name of its folder, else of its file.
const Json* model_entry(const Json& index, const std::string& model) {
  const fs::path path = fs::absolute(model);
  for (const std::string& name : {path.parent_path().filename().string(), path.stem().string()}) {
    if (index.is_object() && index.contains(name)) return &index[name];
  }
  return nullptr;
}

bool read_accept(const Options& options, std::vector<Tolerance>& tolerances, Diagnostics& diagnostics) {
  const std::string file = fs::path(options.accept_file).filename().string();
  const auto fail = [&](std::string message, std::string help = {}) {
    diagnostics.error(Code::T0705, {.file = file}, std::move(message), std::move(help));
    return false;
  };
  const Result<std::string> text = read_file(options.accept_file, kLargestIndex);
  if (!text) return fail(text.message());
  const std::optional<Json> index = json_from(*text);
  if (!index) return fail("not JSON text");
  const Json* entry = model_entry(*index, options.model);
  if (!entry)
    return fail("no entry for this model", "entries are found by the name of the model's folder, or of its file");
  if (!entry->is_object() || !entry->contains("accept") || !(*entry)["accept"].is_array() ||
      (*entry)["accept"].empty()) {
    return fail("the model's entry has no list \"accept\"");
  }
  const Json& accept = (*entry)["accept"];
  for (size_t i = 0; i < tolerances.size(); ++i) {
    if (!read_entry(accept[std::min(i, accept.size() - 1)], tolerances[i])) {
      return fail(fmt::format("entry {} of \"accept\" is not an object of numbers rtol, atol, steps", i));
    }
  }
  return true;
}

}  // namespace

std::optional<std::vector<Tolerance>> output_tolerances(const Options& options, const EmissionPlan& plan,
                                                        Diagnostics& diagnostics) {
  std::vector<Tolerance> tolerances(data_outputs(plan).size());
  if (!options.accept_file.empty() && !read_accept(options, tolerances, diagnostics)) return std::nullopt;
  for (Tolerance& tolerance : tolerances) {
    tolerance.rtol = options.rtol.value_or(tolerance.rtol);
    tolerance.atol = options.atol.value_or(tolerance.atol);
    tolerance.steps = options.steps.value_or(tolerance.steps);
  }
  return tolerances;
}

}  // namespace tinyc
