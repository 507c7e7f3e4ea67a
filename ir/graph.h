// SPDX-License-Identifier: Apache-2.0
// The typed graph: values in single assignment, operators in an order in which every value is made before it is used.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/attribute.h"
#include "ir/type.h"

namespace tinyc::ir {

class Graph;
struct OpDef;
struct Op;

struct Value {
  std::string name;  // ONNX tensor name where there is one; unique within the graph
  Type type;
  Op* producer = nullptr;  // nullptr: graph input
  int result_index = 0;
  std::vector<Op*> users;  // one entry per use; kept by Graph
};

struct Op {
  const OpDef* def = nullptr;
  std::vector<Value*> operands;  // nullptr for an optional operand that is absent
  std::vector<Value*> results;
  Attributes attributes;
  std::vector<std::unique_ptr<Graph>> regions;  // bodies; isolated: what they use from outside is passed as operands
  std::vector<std::string> origin;              // ONNX nodes that this operator stands for

  std::string_view name() const;  // the mnemonic
  bool is(std::string_view mnemonic) const { return name() == mnemonic; }
  Value* operand(size_t index) const { return index < operands.size() ? operands[index] : nullptr; }
  Value* result(size_t index = 0) const { return results[index]; }
  const Type& operand_type(size_t index) const { return operands[index]->type; }
  const Type& result_type(size_t index = 0) const { return results[index]->type; }

  // Typed access; the attribute must exist with that kind (the OpDef's default counts).
  bool flag(std::string_view attribute) const;
  int64_t integer(std::string_view attribute) const;
  double real(std::string_view attribute) const;
  const std::string& text(std::string_view attribute) const;
  const std::vector<int64_t>& integers(std::string_view attribute) const;
  const std::vector<double>& reals(std::string_view attribute) const;
  const std::vector<std::string>& texts(std::string_view attribute) const;
  Element element(std::string_view attribute) const;
  const Tensor& tensor(std::string_view attribute) const;
  const Attribute& attribute(std::string_view attribute) const;

  std::list<std::unique_ptr<Op>>::iterator position;  // in the graph's list; kept by Graph
};

// Data of a value that is made by a `constant`, else nullptr.
const Tensor* constant_data(const Value* value);

class Graph {
 public:
  explicit Graph(std::string name = "model") : name_(std::move(name)) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }

  std::span<Value* const> inputs() const { return inputs_; }
  std::span<Value* const> outputs() const { return outputs_; }
  const std::list<std::unique_ptr<Op>>& ops() const { return ops_; }
  std::vector<Op*> op_list() const;  // a snapshot, safe while the graph is changed

  Value* add_input(std::string_view name, Type type);
  void add_output(Value* value) { outputs_.push_back(value); }
  void set_output(size_t index, Value* value) { outputs_[index] = value; }

  // Adds an operator with untyped results before `before` (nullptr: at the end). Use Builder, which infers types.
  Op* insert(const OpDef& def, std::vector<Value*> operands, Attributes attributes, size_t result_count, Op* before);
  void set_operand(Op* op, size_t index, Value* value);
  void add_operand(Op* op, Value* value);
  // Every use of `from`, graph outputs included, becomes a use of `to`.
  void replace_uses(Value* from, Value* to);
  // Removes an operator whose results nobody uses.
  void erase(Op* op);
  void move_before(Op* op, Op* before);

  bool is_output(const Value* value) const;
  bool has_uses(const Value* value) const { return !value->users.empty() || is_output(value); }
  // Gives the value this name, or a numbered one when it is taken.
  void rename(Value* value, std::string_view name);

  std::unique_ptr<Graph> clone() const;

 private:
  Value* new_value(std::string_view wanted_name);
  std::string unique_name(std::string_view wanted);

  std::string name_;
  std::list<std::unique_ptr<Op>> ops_;
  std::vector<std::unique_ptr<Value>> values_;
  std::vector<Value*> inputs_;
  std::vector<Value*> outputs_;
  std::map<std::string, int, std::less<>> names_;  // taken names and the next number to try
};

}  // namespace tinyc::ir
