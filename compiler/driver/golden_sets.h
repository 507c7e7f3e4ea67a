// SPDX-License-Identifier: Apache-2.0
// The data in NAME_test.cpp.
#pragma once

#include <optional>
#include <vector>

#include "compiler/driver/data_sets.h"

namespace tinyc {

struct GoldenData {
  std::vector<GoldenSet> sets;  // empty: none, for the reason in `note`
  std::vector<Tolerance> tolerances;
  std::string note;
};

// From --golden; else seeded inputs with the interpreter's outputs, unless the model is too large for that.
std::optional<GoldenData> golden_data(const CompiledModel& model, const Options& options, Diagnostics& diagnostics);

// A set for build_and_run(), which wants the model's own form.
DataSet as_data_set(const GoldenSet& set, const ModelInterface& interface);

}  // namespace tinyc
