// SPDX-License-Identifier: Apache-2.0
// How far each output may be from what is expected.
#pragma once

#include <optional>
#include <vector>

#include "compiler/driver/options.h"

namespace tinyc {

// One per output: from the options, else from the model's entry in --accept, else the ONNX test runner's (1e-3, 1e-7,
// integers exact).
std::optional<std::vector<Tolerance>> output_tolerances(const Options& options, const EmissionPlan& plan,
                                                        Diagnostics& diagnostics);

}  // namespace tinyc
