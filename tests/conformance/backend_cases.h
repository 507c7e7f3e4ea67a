// SPDX-License-Identifier: Apache-2.0
// Cases in the layout of ONNX's backend tests: CASE/model.onnx, CASE/test_data_set_K/{input,output}_N.pb.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/onnx_node.h"
#include "ir/tensor.h"
#include "tests/conformance/accept_file.h"

namespace tinyc {

// The case folders at or below a folder, sorted.
std::vector<std::filesystem::path> case_folders(const std::filesystem::path& root);
// test_data_set_0, 1, ... of a case.
std::vector<std::filesystem::path> data_sets(const std::filesystem::path& folder);

// How results are compared.
enum class Comparison : uint8_t {
  values,
  roomy,   // shapes are the largest possible: what lies beyond the expected ones holds -1 or 0 (NonZero and its like)
  random,  // element and shape only
};
Comparison comparison_of(const ir::OnnxModel& model);

// One data set of a model, imported for it.
struct ImportedSet {
  std::unique_ptr<ir::Graph> graph;  // nullptr: refused, or the data cannot be read
  bool fixed = false;                // inputs became constants
  bool no_data = false;
  std::vector<ir::Tensor> inputs;    // of the graph
  std::vector<ir::Tensor> expected;  // per graph output
  Comparison comparison = Comparison::values;
  std::string reason;  // why it was refused, or why inputs had to be constants
};

// Dimensions are pinned as the data has them. Many cases give shapes, axes and scales as inputs, which a compiler must
// refuse: these are imported with all but the first input as constants, then with all of them.
ImportedSet import_set(const ir::OnnxModel& model, const std::filesystem::path& set);

// Empty if equal within the tolerance.
std::string difference(const ir::Tensor& value, const ir::Tensor& expected, const Accept& accept,
                       Comparison comparison = Comparison::values);

// "strict": float32, int8, uint8, int32 and bool with static shapes; "int64": these and int64; "other": sequences,
// optionals, maps, strings; "training"; "rest".
std::string class_of(const ir::OnnxModel& model, const std::string& name);

}  // namespace tinyc
