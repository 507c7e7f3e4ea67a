// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/golden_sets.h"

#include <fmt/format.h>

#include <cmath>

#include "compiler/driver/tolerances.h"
#include "compiler/support/text_writer.h"
#include "ir/interpret.h"
#include "passes/runner.h"

namespace tinyc {
namespace {

// Above this the interpreter takes too long for a compiler (it does some 50 million a second).
constexpr int64_t kMostMacs = 15'000'000;
// Against the interpreter, which sums in double: float kernels differ by rounding, relative to the largest output.
constexpr double kRelativeAtol = 1e-4;
// Of a stream, after the first with an output: the state has gone round.
constexpr int64_t kFurtherCalls = 6;

double largest_magnitude(const ir::Tensor& tensor) {
  double largest = 0;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (std::isfinite(tensor.real(i))) largest = std::max(largest, std::fabs(tensor.real(i)));
  }
  return largest;
}

void loosen(const GoldenSet& set, std::vector<Tolerance>& tolerances) {
  for (size_t i = 0; i < set.outputs.size(); ++i) {
    if (!ir::is_float(set.outputs[i].element())) continue;
    tolerances[i].atol = std::max(tolerances[i].atol, kRelativeAtol * largest_magnitude(set.outputs[i]));
  }
}

// The calls of a stream after a reset; those whose outputs are known get them.
std::vector<GoldenSet> golden_calls(const DataSet& window, const CompiledModel& model, const std::string& label) {
  std::vector<GoldenSet> sets;
  for (const DataSet& call : calls_of(window, *model.streaming)) {
    GoldenSet golden{label + call.label, {to_interface(call.inputs[0], model.interface.inputs[0])}, {}};
    golden.resets = sets.empty();
    golden.ready = static_cast<int64_t>(sets.size()) + 1 >= model.streaming->stream.first_output;
    sets.push_back(std::move(golden));
  }
  return sets;
}

// What the last call of a window gives: everything, or the last rows where the output has time.
std::vector<ir::Tensor> last_outputs(const std::vector<ir::Tensor>& window, const CompiledModel& model,
                                     int64_t calls_left) {
  std::vector<ir::Tensor> outputs;
  for (size_t i = 0; i < window.size(); ++i) {
    const int axis = model.streaming->output_axes[i];
    if (axis < 0 && calls_left > 0) {
      outputs.emplace_back();
      continue;
    }
    const ir::Type& type = model.interface.outputs[i].model;
    const int64_t rows = axis < 0 ? 0 : type.shape[static_cast<size_t>(axis)];
    outputs.push_back(
        axis < 0 ? to_interface(window[i], model.interface.outputs[i])
                 : to_interface(rows_of(window[i], axis,
                                        window[i].shape()[static_cast<size_t>(axis)] - (calls_left + 1) * rows, rows),
                                model.interface.outputs[i]));
  }
  return outputs;
}

// Frames of the seeded window, then some of them once more in another order.
ir::Tensor longer_sequence(const ir::Tensor& window, int axis, int64_t frames) {
  ir::Shape shape = window.shape();
  const int64_t all = shape[static_cast<size_t>(axis)];
  shape[static_cast<size_t>(axis)] = frames;
  ir::Tensor result(window.element(), shape);
  const ir::Shape strides = ir::strides_of(shape), from = ir::strides_of(window.shape());
  for (int64_t i = 0; i < result.size(); ++i) {
    int64_t source = 0;
    for (size_t d = 0; d < shape.size(); ++d) {
      int64_t at = i / strides[d] % shape[d];
      if (static_cast<int>(d) == axis && at >= all) at = (at * 7 + 3) % all;
      source += at * from[d];
    }
    if (ir::is_float(result.element())) {
      result.set_real(i, window.real(source));
    } else {
      result.set_integer(i, window.integer(source));
    }
  }
  return result;
}

// Calls of one long sequence. What they must give comes from the model over each window, or over the whole sequence.
std::vector<GoldenSet> seeded_stream(const CompiledModel& model) {
  const Streaming& streaming = *model.streaming;
  const ir::Stream& stream = streaming.stream;
  const int axis = streaming.input_axis;
  DataSet data{
      "call of a seeded stream, outputs of tinyc's interpreter over the window", seeded_inputs(*streaming.window), {}};
  const int64_t window = data.inputs[0].shape()[static_cast<size_t>(axis)];
  const int64_t calls = std::max(stream.calls, stream.first_output) + (stream.whole_sequence ? 0 : kFurtherCalls);
  if (!stream.whole_sequence) data.inputs[0] = longer_sequence(data.inputs[0], axis, calls * stream.frames);
  std::vector<GoldenSet> sets = golden_calls(data, model, "");
  std::vector<ir::Tensor> whole;
  if (stream.whole_sequence) whole = ir::interpret(*streaming.window, data.inputs);
  for (int64_t call = stream.first_output - 1; call < calls; ++call) {
    if (!stream.whole_sequence)
      whole = ir::interpret(*streaming.window,
                            std::vector{rows_of(data.inputs[0], axis, (call + 1) * stream.frames - window, window)});
    sets[static_cast<size_t>(call)].outputs = last_outputs(whole, model, stream.whole_sequence ? calls - 1 - call : 0);
  }
  return sets;
}

// The first call after a reset, of a model with states of its own (--state).
GoldenSet after_reset(const CompiledModel& model) {
  GoldenSet set;
  set.label = "seeded input after a reset, outputs of tinyc's interpreter";
  set.inputs = seeded_inputs(*model.graph);
  const std::vector<ir::Tensor>& initial = model.emission.options.stream.initial;
  std::copy(initial.begin(), initial.end(), set.inputs.end() - static_cast<std::ptrdiff_t>(initial.size()));
  set.outputs = ir::interpret(*model.graph, set.inputs);
  set.resets = true;
  return set;
}

std::optional<GoldenData> recorded(const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  auto sets = read_data_sets(options.golden_dirs, options.expect_prefix, model, diagnostics);
  auto tolerances = output_tolerances(options, model.emission, diagnostics);
  if (!sets || !tolerances) return std::nullopt;
  GoldenData data;
  for (DataSet& set : *sets) {
    if (model.streaming) {
      std::vector<GoldenSet> calls = golden_calls(set, model, "recorded, ");
      calls.back().outputs = last_outputs(set.expected, model, 0);
      for (GoldenSet& call : calls) data.sets.push_back(std::move(call));
      continue;
    }
    GoldenSet golden{"recorded, " + set.label, {}, {}};
    golden.resets = model.emission.found.empty();
    for (size_t i = 0; i < set.inputs.size(); ++i) {
      golden.inputs.push_back(to_interface(set.inputs[i], model.interface.inputs[i]));
    }
    for (size_t i = 0; i < set.expected.size(); ++i) {
      golden.outputs.push_back(to_interface(set.expected[i], model.interface.outputs[i]));
    }
    data.sets.push_back(std::move(golden));
  }
  data.tolerances = std::move(*tolerances);
  return data;
}

}  // namespace

std::optional<GoldenData> golden_data(const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  if (!options.golden_dirs.empty()) return recorded(model, options, diagnostics);
  GoldenData data;
  data.tolerances.resize(data_outputs(model.emission).size());
  if (model.emission.macs > kMostMacs) {
    data.note =
        fmt::format("{} multiply-accumulates are too many to interpret: no golden data (--golden DIR gives some)",
                    with_commas(model.emission.macs));
    return data;
  }
  if (model.streaming) {
    data.sets = seeded_stream(model);
    for (const GoldenSet& set : data.sets) loosen(set, data.tolerances);
    return data;
  }
  GoldenSet set;
  set.label = "seeded input, outputs of tinyc's interpreter";
  set.resets = model.emission.found.empty();
  set.inputs = seeded_inputs(*model.graph);
  set.outputs = ir::interpret(*model.graph, set.inputs);
  loosen(set, data.tolerances);
  data.sets.push_back(std::move(set));
  if (!model.emission.found.empty()) {
    data.sets.push_back(after_reset(model));
    loosen(data.sets.back(), data.tolerances);
  }
  return data;
}

DataSet as_data_set(const GoldenSet& set, const ModelInterface& interface) {
  DataSet data{set.label, {}, {}};
  for (size_t i = 0; i < set.inputs.size(); ++i)
    data.inputs.push_back(from_interface(set.inputs[i], interface.inputs[i]));
  return data;
}

}  // namespace tinyc
