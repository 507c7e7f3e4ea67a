// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/lower.h"

#include <fmt/format.h>

#include <set>
#include <unordered_map>

#include "backends/kernel_support.h"
#include "backends/schedule/select_kernel.h"
#include "ir/builder.h"
#include "ir/op_def.h"

namespace tinyc {
namespace {

// Every graph output gets a buffer that is nobody else's: not an input's, a constant's or another output's.
void give_outputs_own_buffers(ir::Graph& graph) {
  std::set<const ir::Value*> taken(graph.inputs().begin(), graph.inputs().end());
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    ir::Value* output = graph.outputs()[i];
    const ir::Value* root = view_root(output);
    if (!ir::constant_data(root) && taken.insert(root).second) continue;
    ir::Builder builder(graph);
    ir::Value* copy = builder.make("copy", {output});
    graph.set_output(i, copy);
    taken.insert(copy);
  }
}

class Lowering {
 public:
  Lowering(const ir::Graph& graph, const Target& target, const LowerOptions& options, Diagnostics& diagnostics)
      : graph_(graph), target_(target), options_(options), diagnostics_(diagnostics) {}

  Program run() {
    for (size_t i = 0; i < graph_.inputs().size(); ++i) {
      Buffer& buffer = buffer_of(graph_.inputs()[i]);
      buffer.kind = BufferKind::input;
      buffer.port = static_cast<int>(i);
      buffer.external = options_.external_inputs;
    }
    for (const auto& op : graph_.ops()) {
      if (!op->is("constant") && !op->def->traits.view) add_instance(*op);
    }
    for (size_t i = 0; i < graph_.outputs().size(); ++i) {
      Buffer& buffer = buffer_of(graph_.outputs()[i]);
      buffer.kind = BufferKind::output;
      buffer.port = static_cast<int>(i);
      buffer.external = options_.external_outputs;
    }
    return std::move(program_);
  }

 private:
  Buffer& buffer_of(const ir::Value* value) { return program_.buffers[static_cast<size_t>(buffer_index(value))]; }

  int buffer_index(const ir::Value* value) {
    const ir::Value* root = view_root(value);
    const auto [entry, fresh] = buffers_.try_emplace(root, static_cast<int>(program_.buffers.size()));
    if (fresh) {
      Buffer buffer;
      buffer.name = root->name;
      buffer.value = root;
      buffer.form = form_of(root->type);
      buffer.rows = row_count(root->type);
      buffer.ring = buffer.rows;
      buffer.row_bytes = buffer.rows ? root->type.bytes() / buffer.rows : 0;
      program_.buffers.push_back(buffer);
    }
    return entry->second;
  }

  Access access(const ir::Value* value) {
    const int64_t rows = row_count(value->type);
    return {buffer_index(value), rows, rows ? value->type.bytes() / rows : 0,
            value->type.rank() >= 3 ? value->type.shape[1] : 1};
  }

  int extra_buffer(BufferKind kind, const std::string& name, int64_t bytes) {
    if (bytes == 0) return -1;
    Buffer buffer;
    buffer.kind = kind;
    buffer.name = name;
    buffer.row_bytes = bytes;
    program_.buffers.push_back(buffer);
    return static_cast<int>(program_.buffers.size()) - 1;
  }

  void add_instance(const ir::Op& op) {
    Selection selection = select_kernel(op, target_);
    if (!selection.kernel) return report(op, selection);
    const KernelDef& kernel = *selection.kernel->def;
    Instance instance;
    instance.kernel = selection.kernel;
    instance.op = &op;
    instance.needs = kernel.needs(op, selection.variant);
    for (const ir::Value* value : buffer_operands(op)) instance.inputs.push_back(access(value));
    for (const ir::Value* result : op.results) instance.outputs.push_back(access(result));
    instance.scratch = extra_buffer(BufferKind::scratch, op.result()->name + " scratch", instance.needs.scratch_bytes);
    instance.state = extra_buffer(BufferKind::state, op.result()->name + " state", instance.needs.state_bytes);
    instance.rows = row_count(op.result_type());
    share_rows(instance);
    if (kernel.loops_over_batch) instance.batch = op.result_type().shape[0];
    instance.cycles = selection.cycles;
    instance.why = selection.why;
    instance.variant = std::move(selection.variant);
    Stage stage;
    stage.prologue.push_back({static_cast<int>(program_.instances.size()), 0, instance.rows});
    program_.body.emplace_back(std::move(stage));
    program_.instances.push_back(std::move(instance));
  }

  // Further results of an operator that runs as a whole may have another number of rows: they are divided as the first
  // is, so that the one step writes all of them.
  static void share_rows(Instance& instance) {
    for (Access& access : instance.outputs) {
      const int64_t bytes = access.rows * access.row_bytes;
      if (instance.needs.granule != 0 || access.rows == instance.rows || bytes % instance.rows != 0) continue;
      access.rows = instance.rows;
      access.row_bytes = bytes / instance.rows;
    }
  }

  void report(const ir::Op& op, const Selection& selection) {
    Diagnostic diagnostic;
    diagnostic.code = Code::T0201;
    for (const std::string& node : op.origin)
      diagnostic.where.node += (diagnostic.where.node.empty() ? "" : ", ") + node;
    diagnostic.where.op = op.name();
    diagnostic.message =
        fmt::format("no kernel for {} with result {} on {}", op.name(), type_text(op.result_type()), target_.name);
    diagnostic.notes = selection.rejected;
    diagnostics_.add(std::move(diagnostic));
  }

  const ir::Graph& graph_;
  const Target& target_;
  const LowerOptions& options_;
  Diagnostics& diagnostics_;
  Program program_;
  std::unordered_map<const ir::Value*, int> buffers_;
};

}  // namespace

const ir::Value* view_root(const ir::Value* value) {
  while (value->producer && value->producer->def->traits.view) value = value->producer->operand(0);
  return value;
}

std::optional<Program> lower_to_program(ir::Graph& graph, const Target& target, const LowerOptions& options,
                                        Diagnostics& diagnostics) {
  give_outputs_own_buffers(graph);
  Lowering lowering(graph, target, options, diagnostics);
  Program program = lowering.run();
  if (diagnostics.has_errors()) return std::nullopt;
  return program;
}

}  // namespace tinyc
