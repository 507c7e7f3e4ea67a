// SPDX-License-Identifier: Apache-2.0
// Data sets in the layout of ONNX's backend tests: input_0.pb, input_1.pb ..., output_0.pb ... in one folder.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/driver/compile_model.h"
#include "compiler/support/diagnostics.h"

namespace tinyc {

struct DataSet {
  std::string label;
  std::vector<ir::Tensor> inputs = {};    // in the order of the graph's inputs, in the model's form
  std::vector<ir::Tensor> expected = {};  // in the order of the graph's outputs; empty for `run` and `accuracy`
};

// Data sets of folders that are one themselves or hold test_data_set_K folders; tensors go to inputs and outputs by
// name, else by position, and are checked against the model's types (whatever --io-layout and --io-type make of them).
std::optional<std::vector<DataSet>> read_data_sets(std::span<const std::string> folders,
                                                   const std::string& expect_prefix, const CompiledModel& model,
                                                   Diagnostics& diagnostics);
// As above, inputs only, for a graph as it was imported; a folder without input_0.pb is an error if the graph has
// inputs.
std::optional<std::vector<DataSet>> read_input_sets(std::span<const std::string> folders, const ir::Graph& graph,
                                                    Diagnostics& diagnostics);
// Inputs from files, for `run`.
std::optional<DataSet> read_inputs(const std::vector<std::string>& files, const CompiledModel& model,
                                   Diagnostics& diagnostics);

// Sizes that the first data set gives to dimensions without one in the model: by their name, or as INPUT.AXIS. Nothing
// for a first axis of size 1, which is what the importer takes anyhow, or where model or data cannot be read.
std::map<std::string, int64_t> dims_of_data(const std::string& model, std::span<const std::string> folders);

}  // namespace tinyc
