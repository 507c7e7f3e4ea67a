// SPDX-License-Identifier: Apache-2.0
// The files that compiling a model writes.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "compiler/driver/budgets.h"

namespace tinyc {

// By name: NAME.h, NAME.cpp, NAME_test.cpp and the reports. With --measure the report gets what a run tells.
std::optional<std::map<std::string, std::string>> model_files(ModelWithReport& made, const Options& options,
                                                              Diagnostics& diagnostics);

}  // namespace tinyc
