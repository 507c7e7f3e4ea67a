// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/streaming.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/driver/data_sets.h"
#include "passes/runner.h"
#include "passes/single_positions.h"
#include "passes/stream_model.h"

namespace tinyc {
namespace {

// Elements behind an axis.
int64_t inner_of(const ir::Shape& shape, int axis) {
  return ir::element_count(ir::Shape(shape.begin() + axis + 1, shape.end()));
}

ir::Tensor joined(std::span<const ir::Tensor* const> parts, int axis) {
  ir::Shape shape = parts.front()->shape();
  shape[static_cast<size_t>(axis)] *= static_cast<int64_t>(parts.size());
  ir::Tensor result(parts.front()->element(), shape);
  const auto chunk = static_cast<size_t>(parts.front()->shape()[static_cast<size_t>(axis)] * inner_of(shape, axis) *
                                         ir::element_bytes(result.element()));
  const size_t outer = static_cast<size_t>(parts.front()->bytes()) / chunk;
  std::byte* to = result.mutable_data();
  for (size_t o = 0; o < outer; ++o) {
    for (const ir::Tensor* part : parts) to = std::copy_n(part->data() + o * chunk, chunk, to);
  }
  return result;
}

}  // namespace

ir::Tensor rows_of(const ir::Tensor& tensor, int axis, int64_t first, int64_t count) {
  ir::Shape shape = tensor.shape();
  const int64_t all = shape[static_cast<size_t>(axis)];
  shape[static_cast<size_t>(axis)] = count;
  ir::Tensor result(tensor.element(), shape);
  const auto row = static_cast<size_t>(inner_of(shape, axis) * ir::element_bytes(result.element()));
  const size_t outer = static_cast<size_t>(tensor.bytes()) / (row * static_cast<size_t>(all));
  std::byte* to = result.mutable_data();
  for (size_t o = 0; o < outer; ++o) {
    for (int64_t i = first; i < first + count; ++i) {
      const auto from = o * static_cast<size_t>(all) + static_cast<size_t>(std::max<int64_t>(0, i));
      to = std::copy_n(tensor.data() + from * row, row, to);
    }
  }
  return result;
}

std::optional<Streaming> stream_graph(std::unique_ptr<ir::Graph>& graph, ModelInterface& interface,
                                      const Options& options, Diagnostics& diagnostics) {
  const int64_t rank = graph->inputs().empty() ? 0 : graph->inputs().front()->type.rank();
  const int64_t axis = *options.stream_axis < 0 ? *options.stream_axis + rank : *options.stream_axis;
  std::optional<StreamedModel> made = stream_model(*graph, axis, options.stream_padding, diagnostics);
  if (!made) return std::nullopt;
  Streaming streaming;
  streaming.interface = interface;
  streaming.window = std::move(graph);
  streaming.stream = std::move(made->stream);
  streaming.input_axis = static_cast<int>(axis);
  streaming.output_axes = std::move(made->output_axes);
  graph = std::move(made->graph);
  for (size_t i = 0; i < interface.inputs.size(); ++i) interface.inputs[i].model = graph->inputs()[i]->type;
  for (size_t i = 0; i < interface.outputs.size(); ++i) interface.outputs[i].model = graph->outputs()[i]->type;
  return streaming;
}

void tidy_call(ir::Graph& graph, PassContext& context) {
  const PipelineRow rows[] = {
      {find_pass("view_transposes"), false, "one frame: nothing to move"},
      {&single_positions_pass, false, "windows that are all there is"},
      {find_pass("canonicalize"), true, "reshapes of reshapes"},
      {find_pass("eliminate_dead_code"), false, "weights in their old shape"},
  };
  run_passes(graph, context, rows, {});
}

std::vector<DataSet> calls_of(const DataSet& window, const Streaming& streaming) {
  const ir::Tensor& input = window.inputs.front();
  const int64_t frames = input.shape()[static_cast<size_t>(streaming.input_axis)];
  const int64_t calls = (frames + streaming.stream.frames - 1) / streaming.stream.frames;
  std::vector<DataSet> sets;
  for (int64_t call = 0; call < calls; ++call) {
    const int64_t first = frames - (calls - call) * streaming.stream.frames;
    sets.push_back({fmt::format("{}, call {}", window.label, call + 1),
                    {rows_of(input, streaming.input_axis, first, streaming.stream.frames)},
                    {}});
  }
  return sets;
}

std::vector<ir::Tensor> joined_outputs(std::span<const std::vector<ir::Tensor>> calls, const Streaming& streaming) {
  std::vector<ir::Tensor> outputs;
  for (size_t i = 0; i < streaming.output_axes.size(); ++i) {
    const int axis = streaming.output_axes[i];
    if (axis < 0) {
      outputs.push_back(calls.back()[i]);
      continue;
    }
    std::vector<const ir::Tensor*> parts;
    for (const std::vector<ir::Tensor>& call : calls) parts.push_back(&call[i]);
    const ir::Tensor all = joined(parts, axis);
    const int64_t rows = streaming.window->outputs()[i]->type.shape[static_cast<size_t>(axis)];
    outputs.push_back(rows_of(all, axis, all.shape()[static_cast<size_t>(axis)] - rows, rows));
  }
  return outputs;
}

}  // namespace tinyc
