// SPDX-License-Identifier: Apache-2.0
#include "ir/builder.h"

#include "compiler/support/diagnostics.h"

namespace tinyc::ir {

Result<Op*> Builder::try_create(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  const OpDef& def = op_def(op_name);
  Op* op = graph_.insert(def, std::move(operands), std::move(attributes), def.results.size(), before_);
  op->origin = origin_;
  if (const Status status = def.infer(*op); !status) {
    graph_.erase(op);
    return status.failure();
  }
  return op;
}

Op* Builder::create(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  Result<Op*> op = try_create(op_name, std::move(operands), std::move(attributes));
  if (!op) TINYC_BUG(std::string(op_name) + ": " + op.message());
  return *op;
}

Value* Builder::make(std::string_view op_name, std::vector<Value*> operands, Attributes attributes) {
  return create(op_name, std::move(operands), std::move(attributes))->result();
}

Value* Builder::make_quantized(std::string_view op_name, std::vector<Value*> operands, Attributes attributes,
                               Element element, Quantization quant) {
  Value* result = make(op_name, std::move(operands), std::move(attributes));
  result->type.element = element;
  result->type.quant = std::move(quant);
  return result;
}

Value* Builder::constant(Tensor data, std::string_view name) {
  Value* value = make("constant", {}, {{"value", std::move(data)}});
  if (!name.empty()) graph_.rename(value, name);
  return value;
}

Value* Builder::constant(Tensor data, Quantization quant, std::string_view name) {
  Value* value = constant(std::move(data), name);
  value->type.quant = std::move(quant);
  return value;
}

Value* Builder::scalar(double value) { return constant(Tensor::of_reals(Element::f32, {}, {value})); }

Value* Builder::integers(const std::vector<int64_t>& values) {
  return constant(Tensor::of_integers(Element::i64, {static_cast<int64_t>(values.size())}, values));
}

}  // namespace tinyc::ir
