// SPDX-License-Identifier: Apache-2.0
// What: one layout for the whole graph. Values are kept in the order that needs the fewest bytes moved by transposes;
// operators that do not care take their axes along, constants are permuted now, a flattened tensor's new order goes
// into the weights of the fully connected layer that reads it.
// Why: ONNX stores channels first, every spatial kernel wants them last, so the importer wraps each operator in two
// transposes. Looking at pairs leaves some behind: around residual additions, concatenations, flattening.
// Before: conv -> transpose -> add(., transpose <- conv) -> transpose -> conv.   After: conv -> add(., conv) -> conv.
// Refuses: to change the order of graph inputs and outputs as seen from outside (the conversion is paid there); values
// that operators with a fixed layout read. What is left is counted in the report.
#include <set>

#include "ir/interpret.h"
#include "passes/layout_choice.h"
#include "passes/layout_groups.h"
#include "passes/layout_rules.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

namespace tinyc {
namespace {

using ir::Op;
using ir::Type;
using ir::Value;

class Rewriter {
 public:
  Rewriter(ir::Graph& graph, std::unordered_map<const Value*, Storage> chosen)
      : graph_(graph), chosen_(std::move(chosen)), builder_(graph) {}

  void run() {
    const std::vector<Op*> ops = graph_.op_list();
    for (Op* op : ops) {
      builder_.set_insertion_point(op);
      builder_.set_origin(op->origin);
      visit(op);
    }
    builder_.set_insertion_point(nullptr);
    builder_.set_origin({});
    rewrite_outputs();
    clean_up(ops);
  }

 private:
  const Storage* storage_of(const Value* value) const {
    const auto found = chosen_.find(value);
    return found == chosen_.end() ? nullptr : &found->second;
  }

  void visit(Op* op) {
    if (op->is("constant")) return;
    if (is_layout_edge(*op)) return visit_edge(op);
    if (!op->results.empty() && storage_of(op->result()) && indifferent_to_axes(*op)) return rebuild(op);
    const Storage* first = storage_of(op->operand(0));
    if (first && first->kind == Storage::Kind::columns && absorbs_columns(*op)) return absorb(op, *first);
    for (size_t i = 0; i < op->operands.size(); ++i) {
      Value* operand = op->operands[i];
      if (operand && plain(operand) != operand) graph_.set_operand(op, i, plain(operand));
    }
  }

  // --- edges: free when both sides lie in memory alike ----------------------------------------------------------
  void visit_edge(Op* op) {
    Value* x = op->operand(0);
    Value* y = op->result();
    const Storage* from = storage_of(x);
    const Storage* to = storage_of(y);
    const Order axes = row_major(x->type.shape);
    const bool free = same_order(from ? stored_order(axes, *from) : axes,
                                 to ? stored_order(result_axes(*op), *to) : result_axes(*op));
    if (!free || (!from && !to)) {
      if (plain(x) != x) graph_.set_operand(op, 0, plain(x));
      return;
    }
    const Type wanted = to ? stored_type(y->type, *to) : y->type;
    Value* source = from ? stored(x, *from) : plain(x);
    if (source->type != wanted) {
      source = builder_.make("reshape", {source}, {{"shape", wanted.shape}});
      source->type = wanted;
    }
    supply(y, source);
  }

  // `value` is from here on what stands for `old`: its stored form if it has one, else itself.
  void supply(Value* old, Value* value) {
    if (storage_of(old)) {
      stored_[old] = value;
      supplied_.insert(old);
    } else {
      replaced_[old] = value;
    }
    names_.push_back({value, old});
  }

  // --- operators that take their axes along ---------------------------------------------------------------------
  void rebuild(Op* op) {
    const Storage& storage = *storage_of(op->result());
    std::vector<Value*> operands;
    for (size_t i = 0; i < op->operands.size(); ++i) {
      Value* operand = op->operands[i];
      if (operand) operand = follows_layout(*op, i) ? stored(operand, storage) : arranged(plain(operand), op, storage);
      operands.push_back(operand);
    }
    std::vector<Type> types;
    for (const Value* result : op->results) types.push_back(stored_type(result->type, storage));
    const bool axes = storage.kind == Storage::Kind::axes;
    Op* made =
        try_copy(graph_, *op, operands, axes ? permuted_attributes(*op, storage.perm) : op->attributes, types, op);
    if (!made) TINYC_BUG("assign_layout: " + std::string(op->name()) + " does not take permuted axes");
    for (size_t i = 0; i < op->results.size(); ++i) supply(op->results[i], made->results[i]);
  }

  // A known operand, with leading axes of 1 so that broadcasting aligns it as before.
  Value* arranged(Value* operand, const Op* op, const Storage& storage) {
    if (!is_known(operand) || operand->type.elements() == 1) return operand;
    if (operand->producer->is("dequantize"))
      return builder_.make("dequantize", {arranged(operand->producer->operand(0), op, storage)});
    Type type = operand->type;
    if (storage.kind == Storage::Kind::axes) {
      const size_t missing = op->result_type().shape.size() - type.shape.size();
      type.shape.insert(type.shape.begin(), missing, 1);
      if (type.quant && !type.quant->per_tensor()) type.quant->axis += static_cast<int>(missing);
    } else if (type.shape.back() != op->result_type().shape.back()) {
      return operand;
    }
    return arranged_constant(operand, type, storage);
  }

  // A constant, seen as `type`, in its other order.
  Value* arranged_constant(const Value* constant, const Type& type, const Storage& storage) {
    Value* made = builder_.constant(reordered(ir::constant_data(constant)->reshaped(type.shape), storage));
    made->type = stored_type(type, storage);
    return made;
  }

  // Runs the move on a constant, through a graph of its own.
  static ir::Tensor reordered(const ir::Tensor& data, const Storage& storage) {
    ir::Graph graph;
    ir::Builder builder(graph);
    Value* input = graph.add_input("x", data.type());
    graph.add_output(moved(builder, input, storage));
    return ir::interpret(graph, std::vector<ir::Tensor>{data})[0];
  }

  void absorb(Op* op, const Storage& storage) {
    const Op* maker = op->operand(1)->producer;
    const Value* constant = maker->is("dequantize") ? maker->operand(0) : op->operand(1);
    Value* weights = arranged_constant(constant, constant->type, storage);
    if (maker->is("dequantize")) weights = builder_.make("dequantize", {weights});
    graph_.set_operand(op, 1, weights);
    graph_.set_operand(op, 0, stored(op->operand(0), storage));
  }

  // --- conversions, made where they are first needed ------------------------------------------------------------
  static Value* transposed(ir::Builder& builder, Value* value, const Permutation& perm) {
    const Storage storage{Storage::Kind::axes, perm, {}};
    const Type type = stored_type(value->type, storage);
    const bool free = moves_nothing(value->type.shape, storage);
    Value* made = free ? builder.make("reshape", {value}, {{"shape", type.shape}})
                       : builder.make("transpose", {value}, {{"perm", perm}});
    made->type = type;
    return made;
  }

  static Value* moved(ir::Builder& builder, Value* value, const Storage& storage) {
    if (storage.kind == Storage::Kind::axes) return transposed(builder, value, storage.perm);
    const ir::Shape shape = value->type.shape;
    ir::Shape split(shape.begin(), shape.end() - 1);
    Permutation perm;
    for (size_t i = 0; i < split.size(); ++i) perm.push_back(static_cast<int64_t>(i));
    for (const int64_t axis : storage.perm) perm.push_back(axis + static_cast<int64_t>(split.size()));
    split.insert(split.end(), storage.inner.begin(), storage.inner.end());
    Value* parts = builder.make("reshape", {value}, {{"shape", split}});
    return builder.make("reshape", {transposed(builder, parts, perm)}, {{"shape", shape}});
  }

  static Storage undone(const Storage& storage) {
    Storage back{storage.kind, inverse(storage.perm), {}};
    for (const int64_t axis : storage.kind == Storage::Kind::columns ? storage.perm : Permutation{})
      back.inner.push_back(storage.inner[static_cast<size_t>(axis)]);
    return back;
  }

  // `storage`: the other order of the value's group, whether or not the value was chosen to be kept so.
  Value* stored(Value* value, const Storage& storage) {
    Value*& entry = stored_[value];
    if (!entry) entry = moved(builder_, plain(value), storage);
    return entry;
  }

  // As the graph had it. A moved value that exists as it was (a graph input, the result of a particular operator) is
  // itself.
  Value* plain(Value* value) {
    if (const auto replaced = replaced_.find(value); replaced != replaced_.end()) return replaced->second;
    if (!supplied_.count(value)) return value;
    Value*& entry = plain_[value];
    if (!entry) entry = moved(builder_, stored_.at(value), undone(*storage_of(value)));
    return entry;
  }

  void rewrite_outputs() {
    for (size_t i = 0; i < graph_.outputs().size(); ++i) {
      Value* output = graph_.outputs()[i];
      if (plain(output) == output) continue;
      graph_.set_output(i, plain(output));
      names_.push_back({graph_.outputs()[i], output});
    }
  }

  // The old operators go, and what replaced them takes their names.
  void clean_up(const std::vector<Op*>& ops) {
    std::vector<std::pair<Value*, std::string>> wanted;
    for (const auto& [value, old] : names_) {
      if (!has_made_up_name(old) || graph_.is_output(value)) wanted.push_back({value, old->name});
    }
    for (auto op = ops.rbegin(); op != ops.rend(); ++op) {
      bool used = false;
      for (const Value* result : (*op)->results) used |= graph_.has_uses(result);
      if (!used) graph_.erase(*op);
    }
    // Outputs first: the name of an output belongs to the model's interface.
    for (const bool outputs : {true, false}) {
      for (const auto& [value, name] : wanted) {
        if (!value->producer || graph_.is_output(value) != outputs) continue;
        if (outputs || has_made_up_name(value)) graph_.rename(value, name);
      }
    }
  }

  ir::Graph& graph_;
  std::unordered_map<const Value*, Storage> chosen_;
  ir::Builder builder_;
  std::unordered_map<const Value*, Value*> stored_;    // a value in its group's other order
  std::unordered_map<const Value*, Value*> plain_;     // and back
  std::unordered_map<const Value*, Value*> replaced_;  // result of an edge that became free
  std::set<const Value*> supplied_;                    // chosen values whose moved form a new operator makes
  std::vector<std::pair<Value*, Value*>> names_;       // new value, old value
};

bool run(ir::Graph& graph, PassContext&) {
  auto chosen = choose_layout(graph);
  if (chosen.empty()) return false;
  Rewriter(graph, std::move(chosen)).run();
  return true;
}

}  // namespace

extern const PassDef assign_layout_pass = {
    .name = "assign_layout",
    .summary = "choose the order of axes for the whole graph",
    .doc = "Keeps every value in the order that moves the fewest bytes in transposes (a minimum cut over the graph).",
    .equality = Equality::exact,
    .run = run,
};

}  // namespace tinyc
