// SPDX-License-Identifier: Apache-2.0
// A model over a window of time, as one that takes the next frames and keeps what it computed before.
#pragma once

#include <memory>
#include <optional>

#include "compiler/support/diagnostics.h"
#include "ir/graph.h"
#include "ir/stream.h"

namespace tinyc {

enum class TimePadding : uint8_t {
  refuse,
  sequence,  // padding stands before the sequence, once: what is offline one run over all of it
};

struct StreamedModel {
  std::unique_ptr<ir::Graph> graph;  // inputs with the frames of a call, then the states; likewise the outputs
  ir::Stream stream;
  // Per output: rows of a call along this axis; -1: no time in it, made anew from the whole window.
  std::vector<int> output_axes;
};

// The graph after its passes, with one input. axis: of that input, as it stands in the graph. Errors (T0603, T0604)
// name the operator that prevents it.
std::optional<StreamedModel> stream_model(const ir::Graph& graph, int64_t axis, TimePadding padding,
                                          Diagnostics& diagnostics);

}  // namespace tinyc
