// SPDX-License-Identifier: Apache-2.0
// Makes typed operators. Wrong operands are bugs of the caller here (TINYC_BUG); use try_create for user input.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/support/result.h"
#include "ir/op_def.h"

namespace tinyc::ir {

class Builder {
 public:
  explicit Builder(Graph& graph, Op* before = nullptr) : graph_(graph), before_(before) {}

  Graph& graph() { return graph_; }
  void set_insertion_point(Op* before) { before_ = before; }
  // ONNX nodes that the operators made from here on stand for.
  void set_origin(std::vector<std::string> origin) { origin_ = std::move(origin); }

  Result<Op*> try_create(std::string_view op_name, std::vector<Value*> operands, Attributes attributes = {});
  Op* create(std::string_view op_name, std::vector<Value*> operands, Attributes attributes = {});
  // The first result of create().
  Value* make(std::string_view op_name, std::vector<Value*> operands, Attributes attributes = {});
  // As make(), for operators in integer arithmetic: the result has this element and quantisation.
  Value* make_quantized(std::string_view op_name, std::vector<Value*> operands, Attributes attributes, Element element,
                        Quantization quant);

  Value* constant(Tensor data, std::string_view name = {});
  Value* constant(Tensor data, Quantization quant, std::string_view name = {});
  Value* scalar(double value);                          // f32[]
  Value* integers(const std::vector<int64_t>& values);  // i64[n]

 private:
  Graph& graph_;
  Op* before_;
  std::vector<std::string> origin_;
};

}  // namespace tinyc::ir
