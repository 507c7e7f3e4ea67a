// SPDX-License-Identifier: Apache-2.0
#include "ir/onnx_import.h"

#include <fmt/format.h>

#include "ir/fold.h"

namespace tinyc::ir {
namespace {
// Larger results stay operators: folding them would only move work from one pass to another.
constexpr int64_t kLargestFold = int64_t{1} << 24;
constexpr int64_t kMostMacsFolded = int64_t{1} << 28;
}  // namespace

Value* OnnxImporter::input(size_t index) {
  if (has_input(index)) return inputs_[index];
  error(Code::T0302, fmt::format("input {} is missing", index));
  return nullptr;
}

const Tensor* OnnxImporter::constant(size_t index) const {
  return has_input(index) && !sequence(inputs_[index]) ? constant_data(inputs_[index]) : nullptr;
}

Value* OnnxImporter::make_sequence(std::vector<Value*> tensors) {
  Value* stand_in = builder_.constant(Tensor(Element::b1, {0}));
  sequences_[stand_in] = std::move(tensors);
  return stand_in;
}

const std::vector<Value*>* OnnxImporter::sequence(const Value* value) const {
  const auto found = sequences_.find(value);
  return found == sequences_.end() ? nullptr : &found->second;
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

std::optional<Element> OnnxImporter::element(std::string_view name, Element fallback) {
  const OnnxAttribute* found = attribute(name);
  if (!found) return fallback;
  const std::optional<Element> element = onnx_element(found->integer);
  if (!element)
    error(Code::T0310, fmt::format("{} = {} (an ONNX data type) has no counterpart in tinyc", name, found->integer));
  return element;
}

Op* OnnxImporter::create(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  const OpDef& def = op_def(op_name);
  for (size_t i = 0; i < operands.size(); ++i) {
    const bool needed = i >= def.operands.size() || def.operands[i].kind != OperandKind::optional;
    if (!operands[i] && needed) return nullptr;  // an earlier problem, already reported
    if (sequence(operands[i])) {
      error(Code::T0305, fmt::format("operand {} is a sequence, not a tensor", i));
      return nullptr;
    }
  }
  Result<Op*> made = builder_.try_create(op_name, std::move(operands), std::move(attributes));
  if (!made) {
    error(Code::T0305, made.message());
    return nullptr;
  }
  for (const Value* result : (*made)->results) {
    if (!checked_element_count(result->type.shape)) {
      error(Code::T0308, "result of shape " + shape_text(result->type.shape));
      return nullptr;
    }
  }
  return *made;
}

namespace {

// Folding a large computation would make importing slow; the operator stays then.
bool worth_folding(const Op& op) {
  const bool cheap = !op.def->macs || op.def->macs(op) <= kMostMacsFolded;
  return cheap && op.results.size() == 1 && op.result_type().elements() <= kLargestFold;
}

}  // namespace

Value* OnnxImporter::finish(Op* op) {
  if (op->def->verify) {
    if (const Status status = op->def->verify(*op); !status) {
      error(Code::T0305, status.message());
      return nullptr;
    }
  }
  // Importing appends, so the constant that takes the operator's place is the last one.
  if (worth_folding(*op) && fold_constant_op(builder_.graph(), op)) return builder_.graph().ops().back()->result();
  return op->result();
}

Value* OnnxImporter::make(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  Op* op = create(op_name, std::move(operands), std::move(attributes));
  return op ? finish(op) : nullptr;
}

Value* OnnxImporter::make_quantized(std::string_view op_name, std::vector<Value*> operands, Attributes attributes,
                                    Element element, Quantization quant) {
  Op* op = create(op_name, std::move(operands), std::move(attributes));
  if (!op) return nullptr;
  op->result()->type.element = element;
  op->result()->type.quant = std::move(quant);
  return finish(op);
}

void OnnxImporter::emit(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  Value* first = make(op_name, std::move(operands), std::move(attributes));
  if (!first) return;
  set_output(0, first);
  const Op* op = first->producer;
  for (size_t i = 1; op && i < op->results.size(); ++i) set_output(i, op->results[i]);
}

void OnnxImporter::set_output(size_t index, Value* value) {
  if (wants_output(index)) bind(node().outputs[index], value);
}

void OnnxImporter::error(Code code, std::string message, std::string help) {
  diagnostics_.error(code, {.node = node().name, .op = node().op_type}, std::move(message), std::move(help));
}

void OnnxImporter::note(std::string message) {
  diagnostics_.note(Code::T0309, {.node = node().name, .op = node().op_type}, std::move(message));
}

std::optional<int> OnnxImporter::axis(int64_t value, int rank) {
  if (value >= -rank && value < rank) return static_cast<int>(value < 0 ? value + rank : value);
  error(Code::T0307, fmt::format("axis {} of a tensor of rank {}", value, rank));
  return std::nullopt;
}

std::optional<Element> onnx_element(int64_t data_type) {
  switch (data_type) {
    case 1:
      return Element::f32;
    case 2:
      return Element::u8;
    case 3:
      return Element::i8;
    case 4:
      return Element::u16;
    case 5:
      return Element::i16;
    case 6:
      return Element::i32;
    case 7:
      return Element::i64;
    case 9:
      return Element::b1;
    case 10:
      return Element::f16;
    case 11:
      return Element::f64;
    case 12:
      return Element::u32;
    case 13:
      return Element::u64;
    case 16:
      return Element::bf16;
    case 17:
      return Element::f8e4m3fn;
    case 18:
      return Element::f8e4m3fnuz;
    case 19:
      return Element::f8e5m2;
    case 20:
      return Element::f8e5m2fnuz;
    case 21:
      return Element::u4;
    case 22:
      return Element::i4;
    case 23:
      return Element::f4e2m1;
    case 24:
      return Element::f8e8m0;
    case 25:
      return Element::u2;
    case 26:
      return Element::i2;
    default:
      return std::nullopt;
  }
}

}  // namespace tinyc::ir
