// SPDX-License-Identifier: Apache-2.0
// Comparing results with recorded ones, and reading data sets in the layout of ONNX's backend tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/build_and_run.h"

namespace tinyc {

struct Comparison {
  int64_t elements = 0;
  int64_t different = 0;  // elements outside the tolerance
  int64_t unequal = 0;    // elements that are not the same at all
  double largest = 0;     // largest difference: steps for integers, absolute for floats
  int64_t first = -1;     // index of the first element outside the tolerance
  double value = 0;       // there
  double expected = 0;
};

// |a - b| <= atol + rtol * |b| for floats (NaN equals NaN), |a - b| <= steps for the others.
Comparison compare(const ir::Tensor& value, const ir::Tensor& expected, const Tolerance& tolerance);

struct RecordedSet {
  DataSet data;
  std::vector<ir::Tensor> expected;
};

// Data sets below a folder that is one itself or holds test_data_set_K folders; inputs by name or by position. Files
// are checked against the graph's inputs and outputs.
std::optional<std::vector<RecordedSet>> read_data_sets(const std::string& folder, const std::string& expect_prefix,
                                                       const EmissionPlan& plan, Diagnostics& diagnostics);
// Inputs from files, for `run`.
std::optional<DataSet> read_inputs(const std::vector<std::string>& files, const EmissionPlan& plan,
                                   Diagnostics& diagnostics);

}  // namespace tinyc
