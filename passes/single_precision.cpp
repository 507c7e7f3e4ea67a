// SPDX-License-Identifier: Apache-2.0
// What: every f64, f16 and bf16 value between the inputs and the outputs of the model becomes f32.
// Why: float kernels compute in f32; FPUs of microcontrollers have nothing else, or nothing as fast.
// Before: %y = sqrt(%x) : f64.   After: %a = cast(%x) to f32  %b = sqrt(%a) : f32  %y = cast(%b) to f64.
// Refuses: graphs whose operators have bodies; graphs that have kernels for all their elements as they are. Inputs and
// outputs keep their types. The user gets a note: f64 loses digits, and f16 is not rounded between operators.
#include <fmt/format.h>

#include <algorithm>

#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

bool other_float(ir::Element element) { return ir::is_float(element) && element != ir::Element::f32; }

ir::Tensor to_single(const ir::Tensor& data) {
  ir::Tensor single(ir::Element::f32, data.shape());
  for (int64_t i = 0; i < data.size(); ++i) single.set_real(i, data.real(i));
  return single;
}

// In these operators only: graph outputs stay.
void use_instead(ir::Graph& graph, const std::vector<ir::Op*> users, const ir::Value* from, ir::Value* to) {
  for (ir::Op* user : users) {
    for (size_t i = 0; i < user->operands.size(); ++i) {
      if (user->operand(i) == from) graph.set_operand(user, i, to);
    }
  }
}

bool narrow_constant(ir::Graph& graph, ir::Op* op) {
  const ir::Tensor* data = ir::constant_data(op->result());
  if (!data || !other_float(data->element()) || op->result()->users.empty()) return false;
  ir::Value* single = ir::Builder(graph, op).constant(to_single(*data));
  use_instead(graph, op->result()->users, op->result(), single);
  if (!graph.has_uses(op->result())) graph.erase(op);
  return true;
}

bool narrow_input(ir::Graph& graph, ir::Value* input, ir::Op* first) {
  if (!other_float(input->type.element) || input->users.empty()) return false;
  const std::vector<ir::Op*> users = input->users;
  ir::Value* single = ir::Builder(graph, first).make("cast", {input}, {{"to", ir::Element::f32}});
  use_instead(graph, users, input, single);
  return true;
}

// Operands are narrow already, so the types follow from them; only element attributes still name the old type.
bool narrow_results(ir::Op* op) {
  bool any = false;
  for (const ir::Value* result : op->results) any |= other_float(result->type.element);
  if (!any) return false;
  for (auto& [name, attribute] : op->attributes) {
    auto* element = std::get_if<ir::Element>(&attribute);
    if (element && other_float(*element)) *element = ir::Element::f32;
  }
  for (ir::Value* result : op->results) {
    if (other_float(result->type.element)) result->type.element = ir::Element::f32;
  }
  return true;
}

void keep_output_type(ir::Graph& graph, size_t index, ir::Element element) {
  ir::Value* value = graph.outputs()[index];
  if (value->type.element == element) return;
  const std::string name = value->name;
  ir::Value* cast = ir::Builder(graph).make("cast", {value}, {{"to", element}});
  graph.set_output(index, cast);
  if (graph.is_output(value)) return;
  graph.rename(value, name + "_f32");
  graph.rename(cast, name);
}

// A cast that only gives an input or output its type.
bool is_boundary(const ir::Graph& graph, const ir::Op* op) {
  if (!op->is("cast")) return false;
  if (op->result_type().element == ir::Element::f32) return !op->operand(0)->producer;
  return op->operand_type(0).element == ir::Element::f32 && graph.is_output(op->result());
}

// The name of an element that is computed with and is not f32; empty if there is none.
std::string_view other_element(const ir::Graph& graph) {
  for (const auto& op : graph.ops()) {
    if (is_boundary(graph, op.get())) continue;
    for (const std::vector<ir::Value*>* values : {&op->operands, &op->results}) {
      for (const ir::Value* value : *values) {
        if (value && other_float(value->type.element)) return ir::element_name(value->type.element);
      }
    }
  }
  return {};
}

// Arithmetic on doubles alone, or moving elements about, is done as the model says.
bool has_all_kernels(const ir::Graph& graph, const PassContext& context) {
  if (!context.has_kernel) return false;
  return std::ranges::all_of(graph.ops(),
                             [&](const auto& op) { return op->is("constant") || context.has_kernel(*op); });
}

bool run(ir::Graph& graph, PassContext& context) {
  for (const auto& op : graph.ops()) {
    if (!op->regions.empty()) return false;
  }
  const std::string_view found = other_element(graph);
  if (found.empty() || has_all_kernels(graph, context)) return false;

  std::vector<ir::Element> outputs;
  for (const ir::Value* output : graph.outputs()) outputs.push_back(output->type.element);
  const std::vector<ir::Op*> ops = graph.op_list();
  for (ir::Value* input : graph.inputs()) narrow_input(graph, input, ops.front());
  for (ir::Op* op : ops) {
    if (op->is("constant")) {
      narrow_constant(graph, op);
    } else {
      narrow_results(op);
    }
  }
  for (size_t i = 0; i < outputs.size(); ++i) keep_output_type(graph, i, outputs[i]);
  context.diagnostics.note(Code::T0309, {}, fmt::format("{} values are computed as f32", found));
  return true;
}

}  // namespace

extern const PassDef single_precision_pass = {
    .name = "single_precision",
    .summary = "compute f64, f16 and bf16 as f32",
    .doc = "Inputs and outputs keep their types. Graphs whose operators have bodies are left alone.",
    .equality = Equality::float_tolerance,
    .run = run,
};

}  // namespace tinyc
