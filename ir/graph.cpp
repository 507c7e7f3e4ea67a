// SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/support/diagnostics.h"
#include "ir/op_def.h"

namespace tinyc::ir {

std::string_view attribute_kind_name(AttributeKind kind) {
  constexpr std::string_view kNames[] = {"flag",  "integer", "real",    "text",  "integers",
                                         "reals", "texts",   "element", "tensor"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view Op::name() const { return def->name; }

const Attribute& Op::attribute(std::string_view wanted) const {
  if (const auto found = attributes.find(wanted); found != attributes.end()) return found->second;
  const AttributeDef* attribute_def = def->attribute(wanted);
  if (!attribute_def || !attribute_def->fallback) {
    TINYC_BUG("operator " + std::string(name()) + " has no attribute '" + std::string(wanted) + "'");
  }
  return *attribute_def->fallback;
}

namespace {
template <class T>
const T& get(const Op& op, std::string_view name) {
  const T* value = std::get_if<T>(&op.attribute(name));
  if (!value) TINYC_BUG("attribute '" + std::string(name) + "' of " + std::string(op.name()) + " has another kind");
  return *value;
}
}  // namespace

bool Op::flag(std::string_view name) const { return get<bool>(*this, name); }
int64_t Op::integer(std::string_view name) const { return get<int64_t>(*this, name); }
double Op::real(std::string_view name) const { return get<double>(*this, name); }
const std::string& Op::text(std::string_view name) const { return get<std::string>(*this, name); }
const std::vector<int64_t>& Op::integers(std::string_view name) const { return get<std::vector<int64_t>>(*this, name); }
const std::vector<double>& Op::reals(std::string_view name) const { return get<std::vector<double>>(*this, name); }
const std::vector<std::string>& Op::texts(std::string_view name) const {
  return get<std::vector<std::string>>(*this, name);
}
Element Op::element(std::string_view name) const { return get<Element>(*this, name); }
const Tensor& Op::tensor(std::string_view name) const { return get<Tensor>(*this, name); }

const Tensor* constant_data(const Value* value) {
  if (!value || !value->producer || !value->producer->is("constant")) return nullptr;
  return &value->producer->tensor("value");
}

std::vector<Op*> Graph::op_list() const {
  std::vector<Op*> list;
  list.reserve(ops_.size());
  for (const auto& op : ops_) list.push_back(op.get());
  return list;
}

std::string Graph::unique_name(std::string_view wanted) {
  std::string base(wanted.empty() ? "v" : wanted);
  auto [entry, fresh] = names_.try_emplace(base, 1);
  if (fresh && !wanted.empty()) return base;
  for (;;) {
    std::string candidate = base + "_" + std::to_string(entry->second++);
    if (names_.try_emplace(candidate, 1).second) return candidate;
  }
}

Value* Graph::new_value(std::string_view wanted_name) {
  values_.push_back(std::make_unique<Value>());
  values_.back()->name = unique_name(wanted_name);
  return values_.back().get();
}

Value* Graph::add_input(std::string_view name, Type type) {
  Value* value = new_value(name);
  value->type = std::move(type);
  inputs_.push_back(value);
  return value;
}

Op* Graph::insert(const OpDef& def, std::vector<Value*> operands, Attributes attributes, size_t result_count,
                  Op* before) {
  const auto where = before ? before->position : ops_.end();
  const auto position = ops_.insert(where, std::make_unique<Op>());
  Op* op = position->get();
  op->position = position;
  op->def = &def;
  op->operands = std::move(operands);
  op->attributes = std::move(attributes);
  for (Value* operand : op->operands) {
    if (operand) operand->users.push_back(op);
  }
  for (size_t i = 0; i < result_count; ++i) {
    Value* result = new_value({});
    result->producer = op;
    result->result_index = static_cast<int>(i);
    op->results.push_back(result);
  }
  return op;
}

namespace {
void drop_use(Value* value, Op* op) {
  if (!value) return;
  const auto use = std::find(value->users.begin(), value->users.end(), op);
  TINYC_CHECK(use != value->users.end());
  value->users.erase(use);
}
}  // namespace

void Graph::set_operand(Op* op, size_t index, Value* value) {
  drop_use(op->operands[index], op);
  op->operands[index] = value;
  if (value) value->users.push_back(op);
}

void Graph::add_operand(Op* op, Value* value) {
  op->operands.push_back(value);
  if (value) value->users.push_back(op);
}

void Graph::replace_uses(Value* from, Value* to) {
  if (from == to) return;
  const std::vector<Op*> users = from->users;
  for (Op* user : users) {
    for (size_t i = 0; i < user->operands.size(); ++i) {
      if (user->operands[i] == from) set_operand(user, i, to);
    }
  }
  std::replace(outputs_.begin(), outputs_.end(), from, to);
}

void Graph::erase(Op* op) {
  for (Value* result : op->results) {
    TINYC_CHECK(!has_uses(result));
    names_.erase(result->name);
  }
  for (Value* operand : op->operands) drop_use(operand, op);
  const std::vector<Value*> results = op->results;
  ops_.erase(op->position);
  std::erase_if(values_, [&](const auto& value) {
    return std::find(results.begin(), results.end(), value.get()) != results.end();
  });
}

void Graph::move_before(Op* op, Op* before) { ops_.splice(before ? before->position : ops_.end(), ops_, op->position); }

bool Graph::is_output(const Value* value) const {
  return std::find(outputs_.begin(), outputs_.end(), value) != outputs_.end();
}

void Graph::rename(Value* value, std::string_view name) {
  if (value->name == name) return;
  names_.erase(value->name);
  value->name = unique_name(name);
}

std::unique_ptr<Graph> Graph::clone() const {
  auto copy = std::make_unique<Graph>(name_);
  std::unordered_map<const Value*, Value*> twin{{nullptr, nullptr}};
  for (const Value* input : inputs_) twin[input] = copy->add_input(input->name, input->type);
  for (const auto& op : ops_) {
    std::vector<Value*> operands;
    for (const Value* operand : op->operands) operands.push_back(twin.at(operand));
    Op* made = copy->insert(*op->def, std::move(operands), op->attributes, op->results.size(), nullptr);
    made->origin = op->origin;
    for (const auto& region : op->regions) made->regions.push_back(region->clone());
    for (size_t i = 0; i < op->results.size(); ++i) {
      made->results[i]->type = op->results[i]->type;
      copy->rename(made->results[i], op->results[i]->name);
      twin[op->results[i]] = made->results[i];
    }
  }
  for (const Value* output : outputs_) copy->add_output(twin.at(output));
  return copy;
}

}  // namespace tinyc::ir
