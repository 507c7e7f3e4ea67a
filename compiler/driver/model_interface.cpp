// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/model_interface.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/builder.h"
#include "ir/numerics.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

// [N, C, ...] -> [N, ..., C], and back.
std::vector<int64_t> to_rows(int rank) {
  std::vector<int64_t> order = {0};
  for (int axis = 2; axis < rank; ++axis) order.push_back(axis);
  order.push_back(1);
  return order;
}
std::vector<int64_t> from_rows(int rank) {
  std::vector<int64_t> order = {0, rank - 1};
  for (int axis = 1; axis < rank - 1; ++axis) order.push_back(axis);
  return order;
}

bool is_transpose(const Op& op, bool into_rows) {
  const int rank = op.result_type().rank();
  return op.is("transpose") && rank >= 3 && op.integers("perm") == (into_rows ? to_rows(rank) : from_rows(rank));
}

// All users of a value are operators like the first one, and it is no output itself.
template <class Predicate>
bool all_users(const ir::Graph& graph, const Value& value, Predicate&& wanted) {
  if (value.users.empty() || graph.is_output(&value)) return false;
  return std::all_of(value.users.begin(), value.users.end(), [&](const Op* user) { return wanted(*user); });
}

// The input takes the place and type of what its users make of it.
void drop_users(ir::Graph& graph, Value& input) {
  const ir::Type type = input.users.front()->result_type();
  const std::vector<Op*> users(input.users.begin(), input.users.end());
  for (Op* user : users) graph.replace_uses(user->result(), &input);
  for (Op* user : users) graph.erase(user);
  input.type = type;
}

class Shaper {
 public:
  Shaper(ir::Graph& graph, const Options& options, Diagnostics& diagnostics)
      : graph_(graph), options_(options), diagnostics_(diagnostics) {}

  void run(ModelInterface& interface) {
    for (size_t i = 0; i < interface.inputs.size(); ++i) shape_input(*graph_.inputs()[i], interface.inputs[i]);
    for (size_t i = 0; i < interface.outputs.size(); ++i) shape_output(i, interface.outputs[i]);
  }

 private:
  bool rows() const { return options_.io_layout == IoLayout::rows; }
  bool int8() const { return options_.io_type == IoType::int8; }
  bool real() const { return options_.io_type == IoType::real; }

  // The transpose and the quantisation may stand in either order.
  void shape_input(Value& input, PortForm& form) {
    for (int step = 0; step < 2; ++step) {
      if (rows() && !form.rows && all_users(graph_, input, [](const Op& op) { return is_transpose(op, true); })) {
        form.rows = true;
        drop_users(graph_, input);
      }
      if (int8() && !form.quantized && is_quantized_at_once(input)) {
        drop_users(graph_, input);
        form.quantized = input.type;
      }
    }
    if (form.quantized) form.quantized->shape = input.type.shape;
    if (int8() && ir::is_float(input.type.element)) refuse(input, "input");
    if (real()) make_input_real(input, form);
  }

  bool is_quantized_at_once(const Value& input) const {
    if (input.users.empty() || !ir::is_float(input.type.element)) return false;
    const ir::Type& type = input.users.front()->result_type();
    return all_users(graph_, input, [&](const Op& op) { return op.is("quantize") && op.result_type() == type; });
  }

  // The input's integers are of a quantised type, or everybody sees them as such.
  void make_input_real(Value& input, PortForm& form) {
    if (!ir::is_integer(input.type.element)) return;
    if (!input.type.quantized()) {
      if (input.users.empty()) return;
      const ir::Type type = input.users.front()->result_type();
      if (!all_users(graph_, input, [&](const Op& op) { return op.is("quant_cast") && op.result_type() == type; }))
        return;
      if (!type.quantized()) return;
      drop_users(graph_, input);
    }
    const ir::Type integers = input.type;
    const std::vector<Op*> users(input.users.begin(), input.users.end());
    ir::Builder builder(graph_, graph_.ops().front().get());
    input.type = {ir::Element::f32, integers.shape, std::nullopt};
    Value* quantized = builder.make_quantized("quantize", {&input}, {}, integers.element, *integers.quant);
    for (Op* user : users) {
      for (size_t k = 0; k < user->operands.size(); ++k) {
        if (user->operands[k] == &input) graph_.set_operand(user, k, quantized);
      }
    }
    for (size_t i = 0; i < graph_.outputs().size(); ++i) {
      if (graph_.outputs()[i] == &input) graph_.set_output(i, quantized);
    }
    form.real = integers;
  }

  void shape_output(size_t index, PortForm& form) {
    for (int step = 0; step < 2; ++step) {
      const Op* maker = graph_.outputs()[index]->producer;
      if (rows() && !form.rows && maker && is_transpose(*maker, false)) {
        form.rows = true;
        take_operand(index);
      } else if (int8() && !form.quantized && maker && maker->is("dequantize")) {
        form.quantized = maker->operand_type(0);
        take_operand(index);
      }
    }
    Value* output = graph_.outputs()[index];
    if (form.quantized) form.quantized->shape = output->type.shape;
    if (int8() && ir::is_float(output->type.element)) refuse(*output, "output");
    if (real()) make_output_real(index, form);
  }

  void take_operand(size_t index) {
    Value* output = graph_.outputs()[index];
    Op* maker = output->producer;
    graph_.set_output(index, maker->operand(0));
    if (graph_.outputs()[index]->producer) give_name(output, graph_.outputs()[index]);
    if (!graph_.has_uses(output)) graph_.erase(maker);
  }

  // The interface keeps the name whatever makes the output.
  void give_name(Value* from, Value* to) {
    const std::string name = from->name;
    graph_.rename(from, name + ".model");
    graph_.rename(to, name);
  }

  void make_output_real(size_t index, PortForm& form) {
    Value* output = graph_.outputs()[index];
    while (!output->type.quantized() && output->producer && output->producer->is("quant_cast")) {
      output = output->producer->operand(0);
    }
    if (!output->type.quantized()) return;
    form.real = output->type;
    ir::Builder builder(graph_);
    Value* number = builder.make("dequantize", {output});
    give_name(graph_.outputs()[index], number);
    graph_.set_output(index, number);
  }

  void refuse(const Value& value, std::string_view what) {
    diagnostics_.error(Code::T0602, {.tensor = value.name},
                       fmt::format("--io-type int8: the {} is not quantised in the model", what),
                       "quantise the model with int8 inputs and outputs, or leave --io-type out");
  }

  ir::Graph& graph_;
  const Options& options_;
  Diagnostics& diagnostics_;
};

ir::Tensor permuted(const ir::Tensor& tensor, const std::vector<int64_t>& order) {
  ir::Shape shape;
  for (const int64_t axis : order) shape.push_back(tensor.shape()[static_cast<size_t>(axis)]);
  ir::Tensor result(tensor.element(), shape);
  const ir::Shape from = ir::strides_of(tensor.shape());
  const ir::Shape to = ir::strides_of(shape);
  const auto bytes = static_cast<size_t>(ir::element_bytes(tensor.element()));
  std::byte* out = result.mutable_data();
  for (int64_t i = 0; i < result.size(); ++i) {
    int64_t source = 0;
    for (size_t axis = 0; axis < order.size(); ++axis) {
      source += i / to[axis] % shape[axis] * from[static_cast<size_t>(order[axis])];
    }
    std::copy_n(tensor.data() + static_cast<size_t>(source) * bytes, bytes, out + static_cast<size_t>(i) * bytes);
  }
  return result;
}

ir::Tensor quantized(const ir::Tensor& tensor, const ir::Type& type) {
  ir::Tensor result(type.element, tensor.shape());
  for (int64_t i = 0; i < tensor.size(); ++i) {
    result.set_integer(i, ir::quantize(tensor.real(i), type.quant->scale(), type.quant->zero_point(), type.element));
  }
  return result;
}

ir::Tensor dequantized(const ir::Tensor& tensor, const ir::Type& type) {
  ir::Tensor result(ir::Element::f32, tensor.shape());
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const auto centred = static_cast<float>(tensor.integer(i) - type.quant->zero_point());
    result.set_real(i, static_cast<double>(centred * static_cast<float>(type.quant->scale())));
  }
  return result;
}

}  // namespace

ModelInterface interface_of(const ir::Graph& graph) {
  ModelInterface interface;
  for (const Value* input : graph.inputs()) interface.inputs.push_back({input->type, false, {}, {}});
  for (const Value* output : graph.outputs()) interface.outputs.push_back({output->type, false, {}, {}});
  return interface;
}

void shape_interface(ir::Graph& graph, const Options& options, ModelInterface& interface, Diagnostics& diagnostics) {
  Shaper(graph, options, diagnostics).run(interface);
}

ir::Tensor to_interface(const ir::Tensor& tensor, const PortForm& form) {
  ir::Tensor result = form.rows ? permuted(tensor, to_rows(form.model.rank())) : tensor;
  if (form.quantized) result = quantized(result, *form.quantized);
  if (form.real) result = dequantized(result, *form.real);
  return result;
}

ir::Tensor from_interface(const ir::Tensor& tensor, const PortForm& form) {
  ir::Tensor result = form.rows ? permuted(tensor, from_rows(form.model.rank())) : tensor;
  if (form.quantized) result = dequantized(result, *form.quantized);
  if (form.real) result = quantized(result, *form.real);
  return result;
}

}  // namespace tinyc
