// SPDX-License-Identifier: Apache-2.0
// --stream: what the model over a window was, and its data as the calls of a stream.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/driver/model_interface.h"
#include "ir/stream.h"
#include "passes/pass.h"

namespace tinyc {

struct DataSet;

struct Streaming {
  std::unique_ptr<ir::Graph> window;  // the model after its passes, in the model's own form
  ModelInterface interface;           // of the window
  ir::Stream stream;
  int input_axis = 0;
  std::vector<int> output_axes;  // -1: no time in the output
};

// Replaces the graph by that of a call, and makes the interface that of a call. Nothing after an error.
std::optional<Streaming> stream_graph(std::unique_ptr<ir::Graph>& graph, ModelInterface& interface,
                                      const Options& options, Diagnostics& diagnostics);

// The same operators in fewer or faster ones, now that a call has few rows; after the interface is shaped.
void tidy_call(ir::Graph& graph, PassContext& context);

// The frames of a window, call by call. A window that is no multiple of a call's frames begins with copies of its first
// frame.
std::vector<DataSet> calls_of(const DataSet& window, const Streaming& streaming);
// What the calls of a window gave, as the model over the window gives it.
std::vector<ir::Tensor> joined_outputs(std::span<const std::vector<ir::Tensor>> calls, const Streaming& streaming);

// Part of a tensor along an axis; before its first row are copies of that.
ir::Tensor rows_of(const ir::Tensor& tensor, int axis, int64_t first, int64_t count);

}  // namespace tinyc
