// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "backends/toolchain.h"
#include "compiler/driver/build_and_run.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/compare.h"
#include "compiler/driver/output_files.h"
#include "compiler/driver/progress.h"
#include "compiler/quantizer/accuracy_report.h"
#include "ir/numerics.h"

namespace tinyc {
namespace {

std::string base_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

// The graph as ONNX says it, before any pass.
std::optional<LoadedModel> load_imported(Options options, const std::string& model, Diagnostics& diagnostics) {
  options.model = model;
  options.stop_after = "import";
  return load_model(options, diagnostics);
}

// An input of integers that the model sees as quantised: with that quantisation.
ir::Type input_type(const ir::Value& input) {
  for (const ir::Op* user : input.users) {
    if (user->is("quant_cast") && user->result_type().quantized()) return user->result_type();
  }
  return input.type;
}

// Whether data for one model's input can be given to the other's: the same type, or real numbers and their integers.
bool convertible(const ir::Type& from, const ir::Type& to) {
  if (from.shape != to.shape) return false;
  const bool rounds = from.element == ir::Element::f32 && to.quantized() && to.quant->per_tensor();
  const bool widens = to.element == ir::Element::f32 && from.quantized() && from.quant->per_tensor();
  return from.element == to.element || rounds || widens;
}

ir::Tensor converted(const ir::Tensor& tensor, const ir::Type& from, const ir::Type& to) {
  if (from.element == to.element) return tensor;
  const std::vector<double> reals = real_values(tensor, from);
  ir::Tensor result(to.element, to.shape);
  for (size_t i = 0; i < reals.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    if (to.quantized()) {
      result.set_integer(index, ir::quantize(reals[i], to.quant->scale(), to.quant->zero_point(), to.element));
    } else {
      result.set_real(index, reals[i]);
    }
  }
  return result;
}

class AccuracyCommand {
 public:
  AccuracyCommand(const Options& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {
    executed_options_ = options;
    executed_options_.skip_pass = "remove_constant_channels";
    if (two_models()) executed_options_.model = options.second_model;
  }

  int run() {
    if (!load_imported_models() || !inputs_fit()) return 1;
    const auto sets = read_input_sets(options_.data_dirs, *reference_->graph, diagnostics_);
    if (!sets || !compile_executed()) return 1;
    describe();
    compare_layers(*sets);
    if (!run_emitted()) return 1;
    if (!write_html()) return 1;
    fmt::print("{}", options_.json ? accuracy_json(report_) : accuracy_text(report_));
    return 0;
  }

 private:
  bool two_models() const { return !options_.second_model.empty(); }
  const ir::Graph& imported() const { return two_models() ? *imported_->graph : *reference_->graph; }

  bool load_imported_models() {
    reference_ = load_imported(options_, options_.model, diagnostics_);
    if (!reference_) return false;
    if (two_models()) imported_ = load_imported(options_, options_.second_model, diagnostics_);
    return !two_models() || imported_;
  }

  bool compile_executed() {
    Diagnostics said;  // notes of the import were given before
    executed_ = compile_model(executed_options_, said);
    for (const Diagnostic& problem : said.all()) {
      if (problem.severity == Severity::error) diagnostics_.add(problem);
    }
    return executed_.has_value();
  }

  bool inputs_fit() {
    const auto ours = reference_->graph->inputs();
    const auto theirs = imported().inputs();
    if (ours.size() != theirs.size()) {
      diagnostics_.error(Code::T0704, {},
                         fmt::format("this model has {} inputs, the reference {}", theirs.size(), ours.size()));
      return false;
    }
    for (size_t i = 0; i < ours.size(); ++i) {
      const ir::Type from = input_type(*ours[i]);
      const ir::Type to = input_type(*theirs[i]);
      if (convertible(from, to)) continue;
      diagnostics_.error(Code::T0704, {.tensor = theirs[i]->name},
                         fmt::format("this input is {}, the reference's input '{}' is {}", type_text(to), ours[i]->name,
                                     type_text(from)));
    }
    return !diagnostics_.has_errors();
  }

  bool write_html() {
    if (!options_.html) return true;
    return write_all(options_.output_dir, {{options_.name + "_accuracy.html", accuracy_html(report_)}}, diagnostics_);
  }

  void describe() {
    const char* as_onnx = "interpreted as ONNX says, before all passes";
    report_.reference = {base_name(options_.model), reference_->sha256, as_onnx};
    report_.executed = {base_name(executed_options_.model), executed_->emission.options.model_sha256,
                        fmt::format("interpreted as compiled for {}, after all passes", options_.target->name)};
    report_.target = options_.target->name;
  }

  // The executed model's own form.
  std::vector<ir::Tensor> inputs_of_executed(const std::vector<ir::Tensor>& inputs) const {
    std::vector<ir::Tensor> result;
    for (size_t i = 0; i < inputs.size(); ++i) {
      result.push_back(
          converted(inputs[i], input_type(*reference_->graph->inputs()[i]), input_type(*imported().inputs()[i])));
    }
    return result;
  }

  void compare_layers(const std::vector<DataSet>& sets) {
    const Progress progress(fmt::format("interpreting {} data sets twice", sets.size()));
    LayerComparison comparison(*reference_->graph, imported(), *executed_->graph);
    for (const DataSet& set : sets) {
      DataSet own{set.label, inputs_of_executed(set.inputs), {}};
      std::vector<ir::Tensor> interface;
      for (size_t i = 0; i < own.inputs.size(); ++i)
        interface.push_back(to_interface(own.inputs[i], executed_->interface.inputs[i]));
      const std::vector<ir::Tensor> outputs = comparison.run(set.inputs, interface);
      for (size_t i = 0; i < outputs.size(); ++i)
        own.expected.push_back(from_interface(outputs[i], executed_->interface.outputs[i]));
      report_.sets.push_back(set.label);
      executed_sets_.push_back(std::move(own));
    }
    report_.layers = comparison.layers();
    report_.only_in_reference = comparison.only_in_reference();
    report_.only_in_executed = comparison.only_in_executed();
  }

  // True if it could not be tried, too: then the report says why.
  bool run_emitted() {
    Diagnostics missing;
    if (!toolchain_ready(*options_.target, true, missing)) {
      report_.not_run = missing.all().front().message;
      return true;
    }
    const std::optional<RunResult> result = build_and_run(*executed_, executed_options_, executed_sets_, diagnostics_);
    if (!result) return false;
    for (size_t i = 0; i < executed_->emission.outputs.size(); ++i) {
      EmittedOutput output{executed_->emission.outputs[i].name};
      for (size_t s = 0; s < executed_sets_.size(); ++s) {
        const ir::Tensor& expected = executed_sets_[s].expected[i];
        const Comparison comparison = compare(result->outputs[s][i], expected, {});
        output.integer = !ir::is_float(expected.element());
        output.elements += comparison.elements;
        output.unequal += comparison.unequal;
        output.largest = std::max(output.largest, comparison.largest);
      }
      report_.emitted.push_back(std::move(output));
    }
    return true;
  }

  const Options& options_;
  Diagnostics& diagnostics_;
  Options executed_options_;
  std::optional<LoadedModel> reference_;
  std::optional<LoadedModel> imported_;  // the second model
  std::optional<CompiledModel> executed_;
  std::vector<DataSet> executed_sets_;  // expected: the interpreter's outputs
  AccuracyReport report_;
};

}  // namespace

int command_accuracy(const Options& options, Diagnostics& diagnostics) {
  return AccuracyCommand(options, diagnostics).run();
}

}  // namespace tinyc
