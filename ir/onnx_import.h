// SPDX-License-Identifier: Apache-2.0
// What an operator's ONNX rule may use: the node at hand, its inputs as graph values, and ways to make operators.
// Rules live beside the operators (ir/ops); the importer itself is compiler/frontend/onnx_import.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "ir/builder.h"
#include "ir/onnx_node.h"

namespace tinyc::ir {

class OnnxImporter {
 public:
  virtual ~OnnxImporter() = default;

  const OnnxNode& node() const { return *node_; }
  int64_t opset() const { return opset_; }  // version of the node's domain
  Builder& builder() { return builder_; }

  // --- inputs ---------------------------------------------------------------------------------------------------
  size_t input_count() const { return inputs_.size(); }
  bool has_input(size_t index) const { return index < inputs_.size() && inputs_[index] != nullptr; }
  Value* input(size_t index);  // absent required input: reports it and returns nullptr
  const Type& input_type(size_t index) { return inputs_[index]->type; }
  // The tensors of a sequence; nullptr: the value is a tensor.
  const std::vector<Value*>* sequence(const Value* value) const;
  // Value known at import (constants, and what shape arithmetic folded to), else nullptr.
  const Tensor* constant(size_t index) const;
  // As constant(), but reports "must be known at compile time" when it is not.
  const Tensor* required_constant(size_t index, std::string_view what);
  std::optional<std::vector<int64_t>> required_integers(size_t index, std::string_view what);

  // --- attributes (ONNX defaults are the caller's) -----------------------------------------------------------------
  bool has_attribute(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t fallback) const;
  double real(std::string_view name, double fallback) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  std::vector<int64_t> integers(std::string_view name, std::vector<int64_t> fallback = {}) const;
  std::vector<double> reals(std::string_view name, std::vector<double> fallback = {}) const;
  std::vector<std::string> texts(std::string_view name, std::vector<std::string> fallback = {}) const;
  const OnnxAttribute* attribute(std::string_view name) const;
  // The element that an attribute names by ONNX's number; reports numbers that tinyc has no element for.
  std::optional<Element> element(std::string_view name, Element fallback);

  // --- results ---------------------------------------------------------------------------------------------------
  // Makes an operator; wrong operands become an error at this node, and the result is nullptr.
  Value* make(std::string_view op_name, std::vector<Value*> operands, Attributes attributes = {});
  // As make(), for operators in integer arithmetic: the result has this element and quantisation.
  Value* make_quantized(std::string_view op_name, std::vector<Value*> operands, Attributes attributes, Element element,
                        Quantization quant);
  // As make(), and all results become the node's outputs in order.
  void emit(std::string_view op_name, std::vector<Value*> operands, Attributes attributes = {});
  // A value that stands for a list of tensors wherever values go (branches, loops); no operator takes it.
  Value* make_sequence(std::vector<Value*> tensors);
  // Output k of the node is this value.
  void set_output(size_t index, Value* value);
  // The nodes of a graph attribute (a branch, a loop's body) as part of the graph, with these values as its first
  // inputs. The values of its outputs; nullptr for those that have none after an error, which is reported.
  virtual std::vector<Value*> inline_body(const OnnxGraph& body, const std::vector<Value*>& arguments) = 0;
  bool wants_output(size_t index) const { return index < node().outputs.size() && !node().outputs[index].empty(); }

  // --- errors: after one, the node's outputs may stay unset
  // -----------------------------------------------------------
  void error(Code code, std::string message, std::string help = {});
  void unsupported(std::string message, std::string help = {}) {
    error(Code::T0303, std::move(message), std::move(help));
  }
  // What the user should know about how this node was taken; the model is compiled.
  void note(std::string message);
  // axis in [-rank, rank) made non-negative; reports and gives nothing otherwise.
  std::optional<int> axis(int64_t value, int rank);

 protected:
  OnnxImporter(Graph& graph, Diagnostics& diagnostics) : builder_(graph), diagnostics_(diagnostics) {}
  // A name given by the model stays the first one a value gets.
  virtual void bind(const std::string& name, Value* value) = 0;

  // nullptr after an error, which is reported at the node.
  Op* create(std::string_view op_name, std::vector<Value*> operands, Attributes attributes);
  // The operator's first result once its own rules hold, or the constant that it folds to.
  Value* finish(Op* op);

  Builder builder_;
  Diagnostics& diagnostics_;
  const OnnxNode* node_ = nullptr;
  int64_t opset_ = 0;
  std::vector<Value*> inputs_;

 private:
  std::map<const Value*, std::vector<Value*>> sequences_;
};

// Element of ONNX's TensorProto.DataType number; nothing for strings, complex numbers and 6-bit floats.
std::optional<Element> onnx_element(int64_t data_type);

}  // namespace tinyc::ir
