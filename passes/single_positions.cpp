// SPDX-License-Identifier: Apache-2.0
// Before: conv(%x : [1,1,1,64], %w : [32,1,1,64]).   After: fully_connected(%x : [1,64], %w : [32,64]).
// Before: conv(%x : [1,15,1,8], %w : [8,15,1,1]) {groups = 8}, a column.
// After:  conv(%x : [1,1,15,8], %w : [8,1,15,1]) {groups = 8}: what lies together may be seen as a row, or several, and
// depthwise kernels take the columns of a row at once.
// Refused: padding, more than one position, dilation, grouped convolutions that are not depthwise.
#include "passes/single_positions.h"

#include "ir/builder.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Shape;
using ir::Value;

// Most columns that depthwise kernels take at once.
constexpr int64_t kMostColumns = 16;

bool all_equal(const std::vector<int64_t>& list, int64_t value) {
  return std::all_of(list.begin(), list.end(), [&](int64_t entry) { return entry == value; });
}

bool has_one_position(const Op& op) {
  if (!op.is("conv") || op.operand_type(0).rank() != 4 || op.operand_type(0).shape[0] != 1) return false;
  const Shape& x = op.operand_type(0).shape;
  const Shape& w = op.operand_type(1).shape;
  return x[1] == w[1] && x[2] == w[2] && op.result_type().elements() == w[0] && all_equal(op.integers("pads"), 0) &&
         all_equal(op.integers("dilations"), 1);
}

Value* reshaped(ir::Graph& graph, Op* before, Value* value, Shape shape) {
  return value->type.shape == shape ? value : ir::Builder(graph, before).make("reshape", {value}, {{"shape", shape}});
}

// The weights in another shape, their scales along the same axis.
Value* reshaped_weights(ir::Graph& graph, Op* before, const Value* weights, const Shape& shape) {
  const ir::Tensor* data = ir::constant_data(weights);
  ir::Tensor same(data->element(), shape, std::vector<std::byte>(data->data(), data->data() + data->bytes()));
  ir::Builder builder(graph, before);
  return weights->type.quant ? builder.constant(std::move(same), *weights->type.quant)
                             : builder.constant(std::move(same));
}

bool make_fully_connected(ir::Graph& graph, Op* op) {
  const int64_t inputs = op->operand_type(0).elements(), outputs = op->operand_type(1).shape[0];
  std::vector<Value*> operands = {reshaped(graph, op, op->operand(0), {1, inputs}),
                                  reshaped_weights(graph, op, op->operand(1), {outputs, inputs}), op->operand(2)};
  ir::Attributes attributes;
  for (const char* name : {"activation", "activation_args", "rounding"}) {
    if (const auto given = op->attributes.find(name); given != op->attributes.end()) attributes.insert(*given);
  }
  ir::Type type = op->result_type();
  type.shape = {1, outputs};
  Op shape_of_it;
  shape_of_it.def = &ir::op_def("fully_connected");
  shape_of_it.origin = op->origin;
  const Op* layer = try_copy(graph, shape_of_it, operands, attributes, {type}, op);
  if (!layer) return false;
  replace_op(graph, op, reshaped(graph, op, layer->result(), op->result_type().shape));
  return true;
}

bool make_rows(ir::Graph& graph, Op* op) {
  const Shape& x = op->operand_type(0).shape;
  const Shape& w = op->operand_type(1).shape;
  if (x[2] != 1) return false;
  int64_t columns = kMostColumns;
  while (x[1] % columns != 0) --columns;
  if (columns == 1) return false;
  ir::Attributes attributes = op->attributes;
  attributes["strides"] = std::vector<int64_t>{1, 1};
  const std::vector<Value*> operands = {
      reshaped(graph, op, op->operand(0), {1, x[1] / columns, columns, x[3]}),
      reshaped_weights(graph, op, op->operand(1), {w[0], x[1] / columns, columns, w[3]}), op->operand(2)};
  const Op* rows = try_copy(graph, *op, operands, attributes, {op->result_type()}, op);
  if (rows) replace_op(graph, op, rows->result());
  return rows != nullptr;
}

bool run(ir::Graph& graph, PassContext&) {
  bool changed = false;
  for (Op* op : graph.op_list()) {
    if (!has_one_position(*op) || !ir::constant_data(op->operand(1))) continue;
    const int64_t groups = op->integer("groups");
    if (groups == 1) changed |= make_fully_connected(graph, op);
    if (groups > 1 && groups == op->operand_type(0).shape[3]) changed |= make_rows(graph, op);
  }
  return changed;
}

}  // namespace

const PassDef single_positions_pass = {
    .name = "single_positions",
    .summary = "Convolutions of one position become fully connected, or rows.",
    .doc = "A window that is the whole image has no image to go over.",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
