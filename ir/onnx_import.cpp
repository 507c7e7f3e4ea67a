// SPDX-License-Identifier: Apache-2.0
#include "ir/onnx_import.h"

#include <fmt/format.h>

#include "ir/fold.h"

namespace tinyc::ir {
namespace {
// Larger results stay operators: folding them would only move work from one pass to another.
constexpr int64_t kLargestFold = int64_t{1} << 26;
}  // namespace

Value* OnnxImporter::input(size_t index) {
  if (has_input(index)) return inputs_[index];
  error(Code::T0302, fmt::format("input {} is missing", index));
  return nullptr;
}

const Tensor* OnnxImporter::constant(size_t index) const {
  return has_input(index) ? constant_data(inputs_[index]) : nullptr;
}

const Tensor* OnnxImporter::required_constant(size_t index, std::string_view what) {
  if (!input(index)) return nullptr;
  const Tensor* data = constant(index);
  if (!data) {
    error(
        Code::T0303,
        fmt::format("{} must be known at compile time, but '{}' is computed by the model", what, node().inputs[index]),
        "make it a constant in the exporter");
  }
  return data;
}

std::optional<std::vector<int64_t>> OnnxImporter::required_integers(size_t index, std::string_view what) {
  const Tensor* data = required_constant(index, what);
  if (!data) return std::nullopt;
  return data->integers();
}

const OnnxAttribute* OnnxImporter::attribute(std::string_view name) const {
  const auto found = node().attributes.find(std::string(name));
  return found == node().attributes.end() ? nullptr : &found->second;
}

bool OnnxImporter::has_attribute(std::string_view name) const { return attribute(name) != nullptr; }

int64_t OnnxImporter::integer(std::string_view name, int64_t fallback) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->integer : fallback;
}
double OnnxImporter::real(std::string_view name, double fallback) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->real : fallback;
}
std::string OnnxImporter::text(std::string_view name, std::string_view fallback) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->text : std::string(fallback);
}
std::vector<int64_t> OnnxImporter::integers(std::string_view name, std::vector<int64_t> fallback) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->integers : std::move(fallback);
}
std::vector<double> OnnxImporter::reals(std::string_view name, std::vector<double> fallback) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->reals : std::move(fallback);
}
std::vector<std::string> OnnxImporter::texts(std::string_view name, std::vector<std::string> fallback) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->texts : std::move(fallback);
}

Value* OnnxImporter::make(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  const OpDef& def = op_def(op_name);
  for (size_t i = 0; i < operands.size(); ++i) {
    const bool needed = i >= def.operands.size() || def.operands[i].kind != OperandKind::optional;
    if (!operands[i] && needed) return nullptr;  // an earlier problem, already reported
  }
  Result<Op*> made = builder_.try_create(op_name, std::move(operands), std::move(attributes));
  if (!made) {
    error(Code::T0305, made.message());
    return nullptr;
  }
  Op* op = *made;
  for (const Value* result : op->results) {
    if (!checked_element_count(result->type.shape)) {
      error(Code::T0308, "result of shape " + shape_text(result->type.shape));
      return nullptr;
    }
  }
  if (op->results.size() == 1 && op->result_type().elements() <= kLargestFold) {
    // Importing appends, so the constant that takes the operator's place is the last one.
    if (fold_constant_op(builder_.graph(), op)) return builder_.graph().ops().back()->result();
  }
  return op->result();
}

void OnnxImporter::emit(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  Value* first = make(op_name, std::move(operands), std::move(attributes));
  if (!first) return;
  set_output(0, first);
  const Op* op = first->producer;
  for (size_t i = 1; i < op->results.size(); ++i) set_output(i, op->results[i]);
}

void OnnxImporter::set_output(size_t index, Value* value) {
  if (wants_output(index)) bind(node().outputs[index], value);
}

void OnnxImporter::error(Code code, std::string message, std::string help) {
  diagnostics_.error(code, {.node = node().name, .op = node().op_type}, std::move(message), std::move(help));
}

std::optional<int> OnnxImporter::axis(int64_t value, int rank) {
  if (value >= -rank && value < rank) return static_cast<int>(value < 0 ? value + rank : value);
  error(Code::T0307, fmt::format("axis {} of a tensor of rank {}", value, rank));
  return std::nullopt;
}

}  // namespace tinyc::ir
