// SPDX-License-Identifier: Apache-2.0
// What: a product with a known matrix becomes a fully connected layer, and a vector added to a layer its bias.
// Why: TensorFlow and PyTorch write dense layers as MatMul and Add; one kernel does both.
// Before: %m = fully_connected(%x, %w)  %y = add(%m, %c) with %c [N] constant.   After: %y = fully_connected(%x, %w,
// %c). Refuses: matrices with batches; sums that others read, or that differ along other axes than the last; layers
// whose activation comes before the addition.
#include "passes/layout_rules.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Value;

bool make_layer(ir::Graph& graph, Op* matmul) {
  Value* matrix = matmul->operand(1);
  const bool numeric = ir::is_float(matmul->operand_type(0).element) || matmul->operand_type(0).quantized();
  if (matrix->type.rank() != 2 || !is_known(matrix) || !numeric) return false;
  ir::Builder builder(graph, matmul);
  builder.set_origin(matmul->origin);
  Value* weights = builder.make("transpose", {matrix}, {{"perm", std::vector<int64_t>{1, 0}}});
  Value* layer = builder.make("fully_connected", {matmul->operand(0), weights, nullptr}, matmul->attributes);
  layer->type = matmul->result_type();
  absorb_op(graph, matmul, layer);
  return true;
}

// The added vector as a bias of `outputs` elements.
Value* bias_of(ir::Builder& builder, Value* vector, int64_t outputs) {
  const ir::Type& type = vector->type;
  if (!ir::is_float(type.element) || !is_known(vector)) return nullptr;
  const bool last_axis_only = type.elements() == outputs && (type.rank() == 0 || type.shape.back() == outputs);
  if (!last_axis_only) {
    const std::optional<double> same = uniform_value(*known_reals(vector));
    if (!same || type.elements() != 1) return nullptr;
    return builder.constant(
        ir::Tensor::of_reals(type.element, {outputs}, std::vector<double>(static_cast<size_t>(outputs), *same)));
  }
  if (type.rank() == 1) return vector;
  return builder.make("reshape", {vector}, {{"shape", ir::Shape{outputs}}});
}

Value* sum_of(ir::Builder& builder, const Value* a, const Value* b) {
  const std::optional<ir::Tensor> first = known_reals(a);
  const std::optional<ir::Tensor> second = known_reals(b);
  if (!first || !second || first->element() != second->element()) return nullptr;
  ir::Tensor sum(first->element(), first->shape());
  for (int64_t i = 0; i < sum.size(); ++i) sum.set_real(i, first->real(i) + second->real(i));
  return builder.constant(std::move(sum));
}

bool take_bias(ir::Graph& graph, Op* add, size_t layer_operand) {
  Op* layer = add->operand(layer_operand)->producer;
  if (!layer || !layer->is("fully_connected") || layer->text("activation") != "none" ||
      layer->result_type() != add->result_type() || !ir::is_float(add->result_type().element) ||
      !used_once(graph, layer->result()))
    return false;
  ir::Builder builder(graph, layer);
  // The vector may be made after the layer.
  Value* vector = add->operand(1 - layer_operand);
  if (!is_known(vector)) return false;
  builder.set_insertion_point(add);
  Value* bias = bias_of(builder, vector, add->result_type().shape.back());
  if (bias && layer->operand(2)) bias = sum_of(builder, layer->operand(2), bias);
  if (!bias) return false;
  graph.move_before(layer, add);
  while (layer->operands.size() < 3) graph.add_operand(layer, nullptr);
  graph.set_operand(layer, 2, bias);
  layer->attributes["activation"] = add->text("activation");
  layer->attributes["activation_args"] = add->reals("activation_args");
  absorb_op(graph, add, layer->result());
  return true;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) {
    if (op->is("matmul")) {
      changed |= make_layer(graph, op);
    } else if (op->is("add")) {
      changed |= take_bias(graph, op, 0) || take_bias(graph, op, 1);
    }
  }
  return changed;
}

}  // namespace

extern const PassDef fuse_matmul_bias_pass = {
    .name = "fuse_matmul_bias",
    .summary = "make fully connected layers of products and sums",
    .doc = "matmul by a known matrix becomes fully_connected; an added vector becomes its bias.",
    .equality = Equality::float_tolerance,
    .run = run,
};

}  // namespace tinyc
