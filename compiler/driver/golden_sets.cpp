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

std::optional<GoldenData> recorded(const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  auto sets = read_data_sets(options.golden_dirs, options.expect_prefix, model, diagnostics);
  auto tolerances = output_tolerances(options, model.emission, diagnostics);
  if (!sets || !tolerances) return std::nullopt;
  GoldenData data;
  for (DataSet& set : *sets) {
    GoldenSet golden{"recorded, " + set.label, {}, {}};
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

double largest_magnitude(const ir::Tensor& tensor) {
  double largest = 0;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (std::isfinite(tensor.real(i))) largest = std::max(largest, std::fabs(tensor.real(i)));
  }
  return largest;
}

}  // namespace

std::optional<GoldenData> golden_data(const CompiledModel& model, const Options& options, Diagnostics& diagnostics) {
  if (!options.golden_dirs.empty()) return recorded(model, options, diagnostics);
  GoldenData data;
  data.tolerances.resize(model.emission.outputs.size());
  if (model.emission.macs > kMostMacs) {
    data.note =
        fmt::format("{} multiply-accumulates are too many to interpret: no golden data (--golden DIR gives some)",
                    with_commas(model.emission.macs));
    return data;
  }
  GoldenSet set;
  set.label = "seeded input, outputs of tinyc's interpreter";
  set.inputs = seeded_inputs(*model.graph);
  set.outputs = ir::interpret(*model.graph, set.inputs);
  for (size_t i = 0; i < set.outputs.size(); ++i) {
    if (!ir::is_float(set.outputs[i].element())) continue;
    data.tolerances[i].atol = std::max(data.tolerances[i].atol, kRelativeAtol * largest_magnitude(set.outputs[i]));
  }
  data.sets.push_back(std::move(set));
  return data;
}

DataSet as_data_set(const GoldenSet& set, const ModelInterface& interface) {
  DataSet data{set.label, {}, {}};
  for (size_t i = 0; i < set.inputs.size(); ++i)
    data.inputs.push_back(from_interface(set.inputs[i], interface.inputs[i]));
  return data;
}

}  // namespace tinyc
