// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/compile_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "backends/emit/choose_prefetch.h"
#include "backends/schedule/check_plan.h"
#include "backends/schedule/lower.h"
#include "backends/schedule/plan_schedule.h"
#include "backends/schedule/search_schedule.h"
#include "backends/schedule/select_kernel.h"
#include "compiler/driver/build_facts.h"
#include "compiler/driver/progress.h"
#include "compiler/driver/tune.h"
#include "compiler/frontend/onnx_import.h"
#include "compiler/frontend/onnx_reader.h"
#include "compiler/support/file.h"
#include "compiler/support/sha256.h"
#include "ir/print.h"

namespace tinyc {
namespace {

constexpr int64_t kLargestPrintedConstant = 16;
constexpr double kWorthwhile = 0.01;  // of the cycles; copies that save less take RAM and code for nothing
constexpr uint64_t kLargestIrText = uint64_t{256} << 20;

std::string joined(const std::vector<std::string>& words) {
  std::string text = "tinyc";
  for (const std::string& word : words) text += " " + word;
  return text;
}

RunnerOptions runner_options(const Options& options) {
  RunnerOptions runner;
  runner.stop_after = options.stop_after;
  runner.skip = options.skip_pass;
  runner.check_numbers = options.check_numbers;
  runner.time = options.time_passes;
  if (options.print_after.empty()) return runner;
  runner.after_pass = [&options](const PassDef& pass, const ir::Graph& graph) {
    if (options.print_after != "all" && options.print_after != pass.name) return;
    fmt::print("// after {}\n{}", pass.name, ir::print(graph, {.largest_constant = kLargestPrintedConstant}));
  };
  return runner;
}

void print_times(const std::vector<PassReport>& reports) {
  for (const PassReport& report : reports) {
    fmt::print(stderr, "{:<34} {:>3} runs {:>3} changes {:>9.2f} ms\n", report.pass, report.runs, report.changes,
               report.seconds * 1e3);
  }
}

EmitOptions emit_options(const Options& options, const std::string& sha256) {
  EmitOptions emit;
  emit.name = options.name;
  emit.command_line = joined(options.given);
  emit.model_file = std::filesystem::path(options.model).filename().string();
  emit.model_sha256 = sha256;
  emit.tool_version = TINYC_VERSION;
  emit.io_place = options.io_place;
  emit.keep_inputs = options.keep_inputs;
  return emit;
}

// IR text instead of ONNX, as `tinyc ir` prints it when all constants are short.
void read_ir(const Options& options, LoadedModel& loaded, Diagnostics& diagnostics) {
  diagnostics.set_file(std::filesystem::path(options.model).filename().string());
  const Result<std::string> text = read_file(options.model, kLargestIrText);
  if (!text) return diagnostics.error(Code::T0102, {}, "the file " + text.message());
  Result<std::unique_ptr<ir::Graph>> graph = ir::parse(*text);
  if (!graph) return diagnostics.error(Code::T0401, {}, graph.message());
  loaded.sha256 = sha256_hex(*text);
  loaded.graph = graph.take();
}

void read_graph(const Options& options, LoadedModel& loaded, Diagnostics& diagnostics) {
  const std::filesystem::path path = options.model;
  const Progress progress("reading " + path.filename().string());
  if (path.extension() == ".ir" && !options.states.empty())
    return diagnostics.error(Code::T0602, {}, "--state is for ONNX models", "leave it out");
  if (path.extension() == ".ir") return read_ir(options, loaded, diagnostics);
  const std::optional<ir::OnnxModel> model = read_onnx_model(options.model, diagnostics);
  if (!model) return;
  loaded.sha256 = model->sha256;
  loaded.graph = import_onnx(*model, {options.dims, options.states}, diagnostics);
}

// Whether the input can arrive row by row; what follows from the graph alone.
bool has_rows_to_push(const ir::Graph& graph, Diagnostics& diagnostics) {
  const std::string_view needs = "--push-rows needs one input of several rows (axis 1 of a shape that begins with 1)";
  const auto fail = [&](std::string message, std::string help) {
    return diagnostics.error(Code::T0602, {}, std::move(message), std::move(help)), false;
  };
  if (graph.inputs().size() != 1)
    return fail(fmt::format("{}, the model has {}", needs, graph.inputs().size()), "leave --push-rows out");
  const ir::Value* input = graph.inputs().front();
  if (!pushed_value(graph))
    return fail(fmt::format("{}, '{}' is {}", needs, input->name, type_text(input->type)), "leave --push-rows out");
  return true;
}

// The states of --state, the graph's last inputs and outputs, begin as zeros.
bool name_states(const Options& options, LoadedModel& loaded, Diagnostics& diagnostics) {
  const auto inputs = loaded.graph->inputs().last(options.states.size());
  const auto outputs = loaded.graph->outputs().last(options.states.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ir::Type& type = inputs[i]->type;
    if (type != outputs[i]->type) {
      diagnostics.error(Code::T0602, {},
                        fmt::format("--state {}={}: the input becomes {}, the output {}", options.states[i].first,
                                    options.states[i].second, type_text(type), type_text(outputs[i]->type)),
                        "leave --io-type and --io-layout out");
      return false;
    }
    ir::Tensor initial(type.element, type.shape);
    const int64_t zero = type.quant && type.quant->per_tensor() ? type.quant->zero_point() : 0;
    for (int64_t k = 0; zero != 0 && k < initial.size(); ++k) initial.set_integer(k, zero);
    loaded.stream.initial.push_back(std::move(initial));
  }
  return true;
}

double cycles_and_waits(const EmissionPlan& emission) { return emission.cycles + emission.memories.wait_cycles; }

// --prefetch: the same program with copies of constants, if that is faster as a whole.
void copy_constants(CompiledModel& compiled, const Options& options, const PlanOptions& planning) {
  const EmissionPlan& plain = compiled.emission;
  const std::vector<PrefetchedLayer> layers = choose_prefetch(plain, options.prefetch);
  if (layers.empty() || !plain.memories.misfit.empty()) return;
  std::optional<PrefetchPlan> planned =
      plan_prefetch(*compiled.program, layers, room_for_prefetch(plain, options.ram_bytes), planning);
  if (!planned) return;
  if (const Status status = check_plan(planned->program, planned->plan, planning); !status)
    TINYC_BUG("memory plan: " + status.message());
  auto program = std::make_unique<Program>(std::move(planned->program));
  EmissionPlan copying = make_emission_plan(*compiled.graph, *program, planned->plan, *options.target, plain.options);
  place_arrays(copying, options.regions, options.stack);
  const double saved = cycles_and_waits(plain) - cycles_and_waits(copying);
  const bool worth_it = options.prefetch == Prefetch::all || saved > kWorthwhile * cycles_and_waits(plain);
  if (!copying.memories.misfit.empty() || !worth_it) return;
  for (const Instance& instance : program->instances) {
    if (instance.prefetch < 0) continue;
    ++copying.memories.prefetched_layers;
    copying.memories.prefetched_bytes += program->buffers[static_cast<size_t>(instance.prefetch)].row_bytes;
  }
  copying.memories.prefetch_saves = saved;
  compiled.emission = std::move(copying);
  compiled.program = std::move(program);
}

}  // namespace

std::optional<LoadedModel> load_model(const Options& options, Diagnostics& diagnostics) {
  LoadedModel loaded;
  read_graph(options, loaded, diagnostics);
  if (!loaded.graph) return std::nullopt;
  loaded.interface = interface_of(*loaded.graph);
  if (options.stop_after == "import") return loaded;
  const Progress progress("running passes");
  PassContext context{options.target, diagnostics, options.rounding};
  if (options.target) context.has_kernel = has_kernel_on(*options.target);
  loaded.passes = run_passes(*loaded.graph, context, runner_options(options));
  if (options.time_passes) print_times(loaded.passes);
  if (options.stream_axis && options.stop_after.empty() && !diagnostics.has_errors())
    loaded.streaming = stream_graph(loaded.graph, loaded.interface, options, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  if (options.stop_after.empty()) shape_interface(*loaded.graph, options, loaded.interface, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  if (loaded.streaming) tidy_call(*loaded.graph, context);
  if (loaded.streaming) loaded.stream = loaded.streaming->stream;
  if (!options.states.empty() && options.stop_after.empty() && !name_states(options, loaded, diagnostics))
    return std::nullopt;
  return loaded;
}

std::optional<LoweredModel> lower_model(const Options& options, Diagnostics& diagnostics) {
  std::optional<LoadedModel> loaded = load_model(options, diagnostics);
  if (!loaded) return std::nullopt;
  const Progress progress("choosing kernels");
  const bool outside = options.io_place == IoPlace::caller;
  if (options.push_rows && !has_rows_to_push(*loaded->graph, diagnostics)) return std::nullopt;
  LowerOptions lowering{.external_inputs = outside,
                        .external_outputs = outside,
                        .push_rows = options.push_rows,
                        .aim = options.aim,
                        .flash_bytes = options.flash_bytes};
  if (options.costs)
    lowering.refine = [&](const ir::Op& op, Candidates& candidates) { refine(*options.costs, op, candidates); };
  lowering.states = loaded->stream.states();
  lowering.counts_calls = loaded->stream.first_output > 1;
  std::optional<Program> layers = lower_to_program(*loaded->graph, *options.target, lowering, diagnostics);
  if (!layers) return std::nullopt;
  if (const Status status = options.push_rows ? can_push_rows(*layers) : Status{}; !status) {
    diagnostics.error(Code::T0602, {}, "rows cannot be pushed: the first layer is no pipeline: " + status.message(),
                      "--io-layout rows, if the layer only reorders the input; else leave --push-rows out");
    return std::nullopt;
  }
  LoweredModel lowered{std::move(*loaded), std::move(*layers), {}};
  lowered.schedule.plan.keep_inputs = options.keep_inputs;
  lowered.schedule.plan.seconds = options.plan_seconds.value_or(lowered.schedule.plan.seconds);
  lowered.schedule.ram_bytes = options.ram_bytes;
  if (const auto most = largest_in_ram(options.regions, options.stack))
    lowered.schedule.ram_bytes = std::min(options.ram_bytes.value_or(*most), *most);
  lowered.schedule.policy = options.rows;
  return lowered;
}

std::optional<CompiledModel> compile_model(const Options& options, Diagnostics& diagnostics) {
  std::optional<LoweredModel> lowered = lower_model(options, diagnostics);
  if (!lowered) return std::nullopt;
  const Progress progress("planning");
  Scheduled scheduled = plan_schedule(lowered->layers, lowered->schedule);
  CompiledModel compiled;
  compiled.graph = std::move(lowered->loaded.graph);
  compiled.interface = std::move(lowered->loaded.interface);
  compiled.streaming = std::move(lowered->loaded.streaming);
  compiled.passes = std::move(lowered->loaded.passes);
  compiled.program = std::make_unique<Program>(std::move(scheduled.program));
  if (const Status status = check_plan(*compiled.program, scheduled.plan, lowered->schedule.plan); !status) {
    TINYC_BUG("memory plan: " + status.message());
  }
  EmitOptions emit = emit_options(options, lowered->loaded.sha256);
  emit.stream = std::move(lowered->loaded.stream);
  compiled.emission =
      make_emission_plan(*compiled.graph, *compiled.program, scheduled.plan, *options.target, std::move(emit));
  place_arrays(compiled.emission, options.regions, options.stack);
  copy_constants(compiled, options, lowered->schedule.plan);
  return compiled;
}

}  // namespace tinyc
