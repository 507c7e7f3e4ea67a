// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "backends/kernel_support.h"
#include "backends/schedule/select_kernel.h"
#include "ir/builder.h"
#include "ir/op_def.h"

namespace tinyc {
namespace {

// A window that slides on does so in its state, if nobody else reads what was there.
bool slides_in_place(const ir::Value* state, const ir::Value* next) {
  return next->producer && next->producer->is("slide") && next->producer->operand(0) == state &&
         state->users.size() == 1;
}

// The copy is what the interface knows by the output's name.
ir::Value* copy_output(ir::Graph& graph, ir::Value* output) {
  ir::Value* copy = ir::Builder(graph).make("copy", {output});
  if (!output->producer) return copy;
  const std::string name = output->name;
  graph.rename(output, name + ".made");
  graph.rename(copy, name);
  return copy;
}

// All other states are written at the end, when nobody reads any of them.
void bring_states_home(ir::Graph& graph, size_t states) {
  const size_t inputs = graph.inputs().size() - states, outputs = graph.outputs().size() - states;
  const std::set<const ir::Value*> found(graph.inputs().begin() + static_cast<int64_t>(inputs), graph.inputs().end());
  std::vector<size_t> copied;
  for (size_t k = 0; k < states; ++k) {
    ir::Value* next = graph.outputs()[outputs + k];
    if (slides_in_place(graph.inputs()[inputs + k], next)) continue;
    if (found.count(view_root(next))) graph.set_output(outputs + k, copy_output(graph, next));
    copied.push_back(outputs + k);
  }
  for (const size_t output : copied) graph.set_output(output, copy_output(graph, graph.outputs()[output]));
}

// Every graph output gets a buffer that is nobody else's: not an input's, a constant's, a state's or another output's.
void give_outputs_own_buffers(ir::Graph& graph, size_t states) {
  std::set<const ir::Value*> taken(graph.inputs().begin(), graph.inputs().end());
  const size_t outputs = graph.outputs().size() - states;
  for (size_t i = outputs; i < graph.outputs().size(); ++i) taken.insert(view_root(graph.outputs()[i]));
  for (size_t i = 0; i < outputs; ++i) {
    ir::Value* output = graph.outputs()[i];
    const ir::Value* root = view_root(output);
    if (!ir::constant_data(root) && taken.insert(root).second) continue;
    ir::Value* copy = copy_output(graph, output);
    graph.set_output(i, copy);
    taken.insert(copy);
  }
}

ir::Op* first_of(const ir::Graph& graph, const std::vector<ir::Op*>& ops) {
  for (const auto& op : graph.ops()) {
    if (std::find(ops.begin(), ops.end(), op.get()) != ops.end()) return op.get();
  }
  return nullptr;
}

// Every reader of a pushed input reads a copy of it, which takes one row after the other from the caller: the copy is
// what pipelines shrink to a ring.
void copy_input(ir::Graph& graph) {
  ir::Value* pushed = pushed_value(graph);
  const std::vector<ir::Op*> users = pushed->users;
  ir::Builder builder(graph, users.empty() ? nullptr : first_of(graph, users));
  ir::Value* copy = builder.make("copy", {pushed});
  for (ir::Op* user : users) {
    for (size_t k = 0; k < user->operands.size(); ++k) {
      if (user->operand(k) == pushed) graph.set_operand(user, k, copy);
    }
  }
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    if (graph.outputs()[i] == pushed) graph.set_output(i, copy);
  }
}

// Runs of an input that are followed one by one; more of them cost time to plan.
constexpr int64_t kMostRuns = 4096;

class Lowering {
 public:
  Lowering(const ir::Graph& graph, const Target& target, const LowerOptions& options, Diagnostics& diagnostics)
      : graph_(graph), target_(target), options_(options), diagnostics_(diagnostics) {}

  Program run() {
    for (size_t i = 0; i < graph_.inputs().size(); ++i) {
      Buffer& buffer = buffer_of(graph_.inputs()[i]);
      if (as_state(buffer, i, graph_.inputs().size())) {
        buffer.is_found = true;
        continue;
      }
      buffer.kind = BufferKind::input;
      buffer.port = static_cast<int>(i);
      buffer.external = options_.external_inputs || options_.push_rows;
    }
    add_instances();
    for (size_t i = 0; i < graph_.outputs().size(); ++i) {
      Buffer& buffer = buffer_of(graph_.outputs()[i]);
      if (as_state(buffer, i, graph_.outputs().size())) continue;
      buffer.kind = BufferKind::output;
      buffer.port = static_cast<int>(i);
      buffer.external = options_.external_outputs;
    }
    for (const Instance& instance : program_.instances) join_rows(instance);
    for (size_t i = 0; i < program_.buffers.size(); ++i) see_planes(static_cast<int>(i));
    for (Buffer& buffer : program_.buffers) {
      if (buffer.kind != BufferKind::input || !options_.push_rows) continue;
      buffer.pushed = true;
      buffer.ring = 1;
    }
    program_.counts_calls = options_.counts_calls;
    return std::move(program_);
  }

 private:
  bool as_state(Buffer& buffer, size_t index, size_t count) const {
    if (index + options_.states < count) return false;
    buffer.kind = BufferKind::state;
    buffer.port = static_cast<int>(index + options_.states - count);
    return true;
  }

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
      buffer.row_bytes = buffer.rows ? root->type.stored_bytes() / buffer.rows : 0;
      program_.buffers.push_back(buffer);
    }
    return entry->second;
  }

  // A buffer has the rows of whoever sees most of them: where rows are there is known that much finer.
  static void set_rows(Buffer& buffer, int64_t rows) {
    if (rows <= buffer.rows || buffer.row_bytes * buffer.rows % rows != 0) return;
    buffer.row_bytes = buffer.row_bytes * buffer.rows / rows;
    buffer.rows = buffer.ring = rows;
  }

  // A result that may lie on its operand has the operand's rows.
  void join_rows(const Instance& instance) {
    if (instance.needs.front != WriteFront::element) return;
    Buffer& out = program_.buffers[static_cast<size_t>(instance.outputs[0].buffer)];
    for (const Access& access : instance.inputs) {
      Buffer& in = program_.buffers[static_cast<size_t>(access.buffer)];
      if (in.bytes() != out.bytes()) continue;
      set_rows(out, in.rows);
      set_rows(in, out.rows);
    }
  }

  // An input that is read plane by plane has rows across its planes if every reader either takes them so or reads
  // everything anyway, whichever of its kernels runs.
  void see_planes(int index) {
    Buffer& buffer = program_.buffers[static_cast<size_t>(index)];
    if (buffer.kind != BufferKind::input || options_.push_rows) return;
    Planes planes;
    for (const Instance& instance : program_.instances) {
      for (size_t k = 0; k < instance.inputs.size(); ++k) {
        if (instance.inputs[k].buffer != index) continue;
        if (!reads_all(instance, k)) return;
        if (instance.needs.inputs[k].planes.count > 1) planes = instance.needs.inputs[k].planes;
      }
    }
    if (planes.count == 1 || planes.count * planes.rows > kMostRuns) return;
    buffer.row_bytes = buffer.bytes() / planes.rows;
    buffer.rows = buffer.ring = planes.rows;
    buffer.planes = planes.count;
  }

  static bool reads_all(const Instance& instance, size_t k) {
    const Choices& choices = instance.choices;
    for (const std::vector<Selection>* kernels : {&choices.whole, &choices.one_row, &choices.accumulating}) {
      const auto reads_less = [&](const Selection& one) { return !one.needs.inputs[k].window.all; };
      if (std::any_of(kernels->begin(), kernels->end(), reads_less)) return false;
    }
    return true;
  }

  Access access(const ir::Value* value) {
    const int64_t rows = row_count(value->type);
    set_rows(buffer_of(value), rows);
    return {buffer_index(value), rows, rows ? value->type.stored_bytes() / rows : 0,
            value->type.rank() >= 3 ? value->type.shape[1] : 1};
  }

  void add_instances() {
    std::vector<const ir::Op*> ops;
    std::vector<Candidates> candidates;
    for (const auto& op : graph_.ops()) {
      if (op->is("constant") || op->def->traits.view) continue;
      ops.push_back(op.get());
      candidates.push_back(find_kernels(*op, target_));
      if (options_.refine) options_.refine(*op, candidates.back());
    }
    share_bodies(candidates);
    const std::vector<double> prices = flash_prices(candidates, options_.aim, options_.flash_bytes);
    for (size_t i = 0; i < ops.size(); ++i) add_instance(*ops[i], choose_kernels(std::move(candidates[i]), prices[i]));
  }

  void add_instance(const ir::Op& op, Choices choices) {
    if (choices.whole.empty()) return report(op, choices);
    Instance instance;
    instance.op = &op;
    for (const ir::Value* value : buffer_operands(op)) instance.inputs.push_back(access(value));
    for (const ir::Value* result : op.results) instance.outputs.push_back(access(result));
    instance.choices = std::move(choices);
    program_.instances.push_back(std::move(instance));
    const int index = static_cast<int>(program_.instances.size()) - 1;
    use_kernel(program_, index, program_.instances.back().choices.whole.front());
    Stage stage;
    stage.prologue.push_back({index, 0, program_.instances.back().rows});
    program_.body.emplace_back(std::move(stage));
  }

  void report(const ir::Op& op, const Choices& choices) {
    Diagnostic diagnostic;
    diagnostic.code = Code::T0201;
    for (const std::string& node : op.origin)
      diagnostic.where.node += (diagnostic.where.node.empty() ? "" : ", ") + node;
    diagnostic.where.op = op.name();
    diagnostic.message =
        fmt::format("no kernel for {} with result {} on {}", op.name(), type_text(op.result_type()), target_.name);
    diagnostic.notes = choices.rejected;
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

namespace {

void divide(Access& access, int64_t rows) {
  if (rows == access.rows || rows == 0) return;
  access.row_bytes = access.rows * access.row_bytes / rows;
  access.rows = rows;
}

// Further results of an operator that runs as a whole may have another number of rows: they are divided as the first
// is, so that the one step writes all of them.
void share_rows(Instance& instance) {
  for (Access& access : instance.outputs) {
    const int64_t bytes = access.rows * access.row_bytes;
    if (instance.needs.granule != 0 || access.rows == instance.rows || bytes % instance.rows != 0) continue;
    access.rows = instance.rows;
    access.row_bytes = bytes / instance.rows;
  }
}

}  // namespace

void use_kernel(Program& program, int index, const Selection& selection) {
  Instance& instance = program.instances[static_cast<size_t>(index)];
  const KernelDef& kernel = *selection.kernel->def;
  const ir::Op& op = *instance.op;
  instance.kernel = selection.kernel;
  instance.variant = selection.variant;
  instance.needs = selection.needs;
  instance.cycles = selection.cycles;
  const int candidates = instance.choices.candidates;
  instance.why = candidates == 1 ? "the only one that applies"
                                 : fmt::format("cheapest of {} by {}", candidates, instance.choices.basis);
  if (selection.kernel != instance.choices.whole.front().kernel) instance.why = "takes less RAM than the cheapest";
  const bool accumulates = selection.needs.accumulates != Accumulates::no;
  const int64_t taken = selection.needs.taken_rows;
  if (!instance.inputs.empty()) divide(instance.inputs[0], taken > 0 ? taken : row_count(buffer_operands(op)[0]->type));
  instance.rows = accumulates ? instance.inputs[0].rows : row_count(op.result_type());
  share_rows(instance);
  instance.batch = kernel.loops_over_batch ? op.result_type().shape[0] : 1;
  // One call for all images, whose rows no window of one image describes.
  for (InputNeeds& input : instance.needs.inputs) input.window.all |= instance.batch != 1;
  const auto extra = [&](int existing, BufferKind kind, std::string_view what, int64_t bytes) {
    if (existing >= 0) program.buffers[static_cast<size_t>(existing)].row_bytes = bytes;
    if (existing >= 0 || bytes == 0) return bytes == 0 ? -1 : existing;
    Buffer buffer;
    buffer.kind = kind;
    buffer.name = fmt::format("{} {}", op.result()->name, what);
    buffer.row_bytes = bytes;
    program.buffers.push_back(buffer);
    return static_cast<int>(program.buffers.size()) - 1;
  };
  instance.scratch = extra(instance.scratch, BufferKind::scratch, "scratch", selection.needs.scratch_bytes);
  instance.state = extra(instance.state, BufferKind::state, "state", selection.needs.state_bytes);
}

ir::Value* pushed_value(const ir::Graph& graph) {
  if (graph.inputs().size() != 1) return nullptr;
  ir::Value* value = graph.inputs().front();
  while (row_count(value->type) == 1 && value->users.size() == 1 && value->users[0]->def->traits.view)
    value = value->users[0]->result();
  return row_count(value->type) > 1 && !value->users.empty() ? value : nullptr;
}

std::optional<Program> lower_to_program(ir::Graph& graph, const Target& target, const LowerOptions& options,
                                        Diagnostics& diagnostics) {
  if (options.push_rows) copy_input(graph);
  give_outputs_own_buffers(graph, options.states);
  bring_states_home(graph, options.states);
  Lowering lowering(graph, target, options, diagnostics);
  Program program = lowering.run();
  if (diagnostics.has_errors()) return std::nullopt;
  return program;
}

}  // namespace tinyc
