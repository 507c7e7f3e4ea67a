// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/emission_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "backends/emit/names.h"
#include "backends/emit/print_parts.h"
#include "backends/emit/share_layers.h"
#include "backends/kernel_support.h"
#include "backends/schedule/prefetch.h"
#include "compiler/support/text_writer.h"
#include "ir/op_def.h"

namespace tinyc {
namespace {

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

class Maker {
 public:
  Maker(const ir::Graph& graph, const Program& program, const Plan& memory, const Target& target, EmitOptions options)
      : graph_(graph), program_(program) {
    plan_.options = std::move(options);
    plan_.macro = upper_case(plan_.options.name);
    plan_.target = &target;
    plan_.program = &program;
    plan_.body = &program.body;
    plan_.plan = memory;
    plan_.live = liveness_of(program, {plan_.options.keep_inputs});
  }

  EmissionPlan run() {
    add_ports();
    for (size_t i = 0; i < program_.instances.size(); ++i) add_layer(i);
    share_layers();
    estimate_code();
    for (size_t i = 0; i < program_.instances.size(); ++i) {
      for (const std::string& path : plan_.layers[i].built.depends) add_text(shipped_text(path));
      add_text(*program_.instances[i].kernel->text);
    }
    plan_.system_includes.assign(includes_.begin(), includes_.end());
    return std::move(plan_);
  }

 private:
  void add_ports() {
    for (const char* reserved : {"workspace", "state", "inputs", "outputs", "memory"}) parameters_.reserve(reserved);
    const size_t states = plan_.options.stream.states();
    for (size_t i = 0; i + states < graph_.inputs().size(); ++i)
      plan_.inputs.push_back(port(graph_.inputs()[i], BufferKind::input, i));
    for (size_t i = 0; i + states < graph_.outputs().size(); ++i)
      plan_.outputs.push_back(port(graph_.outputs()[i], BufferKind::output, i));
    if (plan_.options.stream.frames == 0) add_state_ports(states);
  }

  void add_state_ports(size_t states) {
    for (size_t i = 0; i < states; ++i) {
      plan_.found.push_back(port(graph_.inputs()[plan_.inputs.size() + i], BufferKind::input, SIZE_MAX));
      plan_.left.push_back(port(graph_.outputs()[plan_.outputs.size() + i], BufferKind::output, SIZE_MAX));
      for (size_t b = 0; b < program_.buffers.size(); ++b) {
        const Buffer& buffer = program_.buffers[b];
        if (is_state_port(buffer) && buffer.is_found && buffer.port == static_cast<int>(i))
          plan_.found[i].offset = plan_.left[i].offset = plan_.plan.placements[b].offset;
      }
    }
  }

  Port port(const ir::Value* value, BufferKind kind, size_t index) {
    Port result;
    result.name = value->name;
    result.parameter = parameters_.legal(value->name, kind == BufferKind::input ? "input" : "output");
    result.type = value->type;
    result.c_type = storage_type(value->type.element);
    result.bytes = value->type.elements() * ir::element_bytes(value->type.element);
    for (size_t i = 0; i < program_.buffers.size(); ++i) {
      const Buffer& buffer = program_.buffers[i];
      if (buffer.kind == kind && buffer.port == static_cast<int>(index) && !buffer.external)
        result.offset = plan_.plan.placements[i].offset;
    }
    return result;
  }

  void add_text(const ShippedText& text) {
    if (!shipped_.insert(text.path).second) return;
    for (const std::string_view path : text.depends) add_text(shipped_text(path));
    for (const std::string_view header : text.includes) includes_.insert(std::string(header));
    plan_.texts.push_back(&text);
  }

  EmittedRows rows_of(const Access& access, int64_t batch) const {
    const Buffer& buffer = program_.buffers[static_cast<size_t>(access.buffer)];
    const int64_t ring = buffer.dense() ? 0 : buffer.ring;
    std::string base;
    if (buffer.external) {
      base = fmt::format("memory.{}{}", buffer.kind == BufferKind::input ? "input" : "output", buffer.port);
    } else if (buffer.kind == BufferKind::state) {
      base = fmt::format("memory.state + {}", plan_.plan.placements[static_cast<size_t>(access.buffer)].offset);
    } else {
      base = fmt::format("memory.workspace + {}", plan_.plan.placements[static_cast<size_t>(access.buffer)].offset);
    }
    const int64_t row_bytes =
        batch == 1 ? access.row_bytes : access.rows * access.row_bytes / batch / access.image_rows;
    // With a batch every tensor is one "row": its images follow each other.
    return {"{", base, fmt::format(", {}, {}}}", row_bytes, ring), access.rows * access.row_bytes / batch};
  }

  void add_layer(size_t index) {
    const Instance& instance = program_.instances[index];
    const KernelDef& kernel = *instance.kernel->def;
    EmittedLayer layer;
    const std::string label =
        instance.op->origin.empty() ? std::string(instance.op->name()) : instance.op->origin.front();
    layer.symbol = layers_.legal(fmt::format("l{:02}_{}", index + 1, label), "layer");
    layer.geometry_symbol = layer.symbol + "_geometry";
    layer.geometry_type = kernel.geometry_type;
    layer.entry = kernel.entry;
    layer.built = kernel.build(*instance.op, instance.variant);
    layer.batch = instance.batch;
    layer.image_rows = instance.outputs[0].image_rows;
    add_operands(layer, instance);
    if (kernel.variadic) layer.array_rows = layer.rows.size();
    for (const Access& out : instance.outputs) layer.rows.push_back(rows_of(out, layer.batch));
    if (instance.scratch >= 0)
      layer.scratch =
          fmt::format("memory.workspace + {}", plan_.plan.placements[static_cast<size_t>(instance.scratch)].offset);
    layer.macs = instance.op->def->macs ? instance.op->def->macs(*instance.op) : 0;
    layer.cycles = instance.cycles;
    describe(layer, instance);
    plan_.macs += layer.macs;
    plan_.cycles += layer.cycles;
    plan_.layers.push_back(std::move(layer));
    add_constants(plan_.layers.back());
    if (instance.prefetch >= 0) add_prefetch(plan_.layers.back(), index);
  }

  void add_prefetch(EmittedLayer& layer, size_t index) {
    const Instance& instance = program_.instances[index];
    int64_t at = plan_.plan.placements[static_cast<size_t>(instance.prefetch)].offset;
    for (EmittedConstant& constant : layer.constants) {
      if (!constant.argument) continue;
      constant.copy_offset = at;
      at += prefetch_bytes({constant.data, 1});
    }
    for (const RowStep& step : timeline(program_)) {
      if (step.instance != static_cast<int>(index)) continue;
      layer.prefetch_row = step.reversed ? granules_of(instance, step).front().y0 : step.y0;
      break;
    }
    const double cycles = prefetch_cycles(prefetch_bytes(layer.built.constants), plan_.target->timing);
    layer.cycles += cycles;
    plan_.cycles += cycles;
    add_text(shipped_text("backends/portable/shared/prefetch.h"));
  }

  // Layers with the same body share it: a network repeats its blocks.
  void share_layers() {
    std::map<std::string, std::vector<EmittedLayer*>> bodies;
    for (EmittedLayer& layer : plan_.layers) bodies[layer_body_key(layer)].push_back(&layer);
    for (EmittedLayer& layer : plan_.layers) {
      const std::string key = layer_body_key(layer);
      const std::vector<EmittedLayer*>& alike = bodies[key];
      if (key.empty() || alike.size() < 2) continue;
      layer.is_first = alike.front() == &layer;
      layer.shared = layer.is_first ? layers_.legal(layer.symbol + "_shared", "shared") : alike.front()->shared;
    }
  }

  void estimate_code() {
    std::set<std::pair<const KernelDef*, std::string>> called;
    for (size_t i = 0; i < plan_.layers.size(); ++i) {
      EmittedLayer& layer = plan_.layers[i];
      const Instance& instance = program_.instances[i];
      const KernelDef& kernel = *instance.kernel->def;
      const bool calls_another = !layer.shared.empty() && !layer.is_first;
      layer.code_bytes = calls_another ? kCallBytes : code_bytes(kernel, *instance.op, instance.variant);
      if (called.emplace(&kernel, instance.variant.name).second)
        layer.code_bytes += shared_code_bytes(kernel, instance.variant);
    }
  }

  // Rows of the operands in order: buffers, and constants where the kernel wants them so.
  void add_operands(EmittedLayer& layer, const Instance& instance) const {
    const ir::Op& op = *instance.op;
    size_t buffer = 0;
    const size_t count = instance.kernel->def->absent_rows ? op.def->operands.size() : op.operands.size();
    for (size_t i = 0; i < count; ++i) {
      if (!op.operand(i) && instance.kernel->def->absent_rows) layer.rows.push_back({"Rows{", "nullptr", ", 0, 0}"});
      const ir::Tensor* data = op.operand(i) ? ir::constant_data(op.operand(i)) : nullptr;
      if (op.operand(i) && !data) layer.rows.push_back(rows_of(instance.inputs[buffer++], layer.batch));
      if (!data || !instance.kernel->def->constant_rows) continue;
      const int64_t rows = row_count(op.operand_type(i));
      const int64_t bytes = data->bytes() / std::max<int64_t>(1, rows);
      layer.operand_constants.push_back(packed(fmt::format("operand{}", i), op.operand(i)->name, *data));
      layer.rows.push_back(
          {"constant_rows(", fmt::format("{}_operand{}", layer.symbol, i), fmt::format(", {})", bytes)});
    }
  }

  void add_constants(EmittedLayer& layer) {
    const auto add = [&](const PackedConstant& constant, bool argument) {
      layer.constants.push_back(
          {layer.symbol + "_" + constant.name, constant.comment, constant.element, &constant, argument});
      layer.constant_bytes += static_cast<int64_t>(constant.bytes.size());
      if (has_non_finite(constant)) includes_.insert("<math.h>");
    };
    for (const PackedConstant& constant : layer.operand_constants) add(constant, false);
    for (const PackedConstant& constant : layer.built.constants) add(constant, true);
    plan_.constant_bytes += layer.constant_bytes;
    if (layer.built.function && has_non_finite(*layer.built.function)) includes_.insert("<math.h>");
  }

  // Infinities are printed as INFINITY.
  static bool has_non_finite(const ScalarCall& call) {
    const auto finite = [](const auto& argument) {
      const float* real = std::get_if<float>(&argument);
      return !real || std::isfinite(*real);
    };
    return !std::all_of(call.arguments.begin(), call.arguments.end(), finite) ||
           std::any_of(call.then.begin(), call.then.end(),
                       [](const ScalarCall& outer) { return has_non_finite(outer); });
  }
  static bool has_non_finite(const PackedConstant& constant) {
    if (constant.element != ir::Element::f32) return false;
    const auto* values = reinterpret_cast<const float*>(constant.bytes.data());
    return !std::all_of(values, values + constant.count(), [](float value) { return std::isfinite(value); });
  }

  void describe(EmittedLayer& layer, const Instance& instance) const {
    const ir::Op& op = *instance.op;
    std::string shapes;
    for (const ir::Value* operand : op.operands) {
      if (operand && !ir::constant_data(operand)) shapes += (shapes.empty() ? "" : ", ") + short_type(operand->type);
    }
    shapes += " -> " + short_type(op.result_type());
    std::string first = std::string(op.name());
    if (op.def->attribute("activation") && op.text("activation") != "none") first += " + " + op.text("activation");
    if (!op.origin.empty()) first += fmt::format(" (node \"{}\")", comment_text(join(op.origin, ", ")));
    layer.comment.push_back(first + ": " + shapes +
                            (layer.macs ? fmt::format("; {} MACs", with_commas(layer.macs)) : ""));
    layer.comment.push_back(fmt::format("kernel {}/{}{}{}: {}; about {} cycles (estimate)",
                                        isa_name(instance.kernel->def->isa), instance.kernel->def->name,
                                        instance.variant.name.empty() ? "" : " ", instance.variant.name, instance.why,
                                        with_commas(static_cast<int64_t>(instance.cycles))));
  }

  static std::string short_type(const ir::Type& type) {
    ir::Type plain = type;
    plain.quant.reset();
    return type_text(plain);
  }

  const ir::Graph& graph_;
  const Program& program_;
  EmissionPlan plan_;
  Names parameters_;
  Names layers_;
  std::set<std::string_view> shipped_;
  std::set<std::string> includes_;
};

}  // namespace

EmissionPlan make_emission_plan(const ir::Graph& graph, const Program& program, const Plan& plan, const Target& target,
                                EmitOptions options) {
  return Maker(graph, program, plan, target, std::move(options)).run();
}

std::vector<Port> data_inputs(const EmissionPlan& plan) {
  std::vector<Port> ports = plan.inputs;
  ports.insert(ports.end(), plan.found.begin(), plan.found.end());
  return ports;
}

std::vector<Port> data_outputs(const EmissionPlan& plan) {
  std::vector<Port> ports = plan.outputs;
  ports.insert(ports.end(), plan.left.begin(), plan.left.end());
  return ports;
}

}  // namespace tinyc
