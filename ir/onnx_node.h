// SPDX-License-Identifier: Apache-2.0
// A view of an ONNX model without protobuf: what the reader fills and the importer reads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/tensor.h"

namespace tinyc::ir {

struct OnnxGraph;

struct OnnxAttribute {
  enum class Kind : uint8_t { real, integer, text, tensor, graph, reals, integers, texts, tensors, other };
  Kind kind = Kind::other;
  double real = 0;
  int64_t integer = 0;
  std::string text;
  std::vector<double> reals;
  std::vector<int64_t> integers;
  std::vector<std::string> texts;
  std::shared_ptr<Tensor> tensor;
  std::shared_ptr<OnnxGraph> graph;
  std::string reference;  // ref_attr_name: inside a function body, the function's attribute that gives the value
};

struct OnnxNode {
  std::string name;    // as in the file; the reader names unnamed nodes "OpType_7" by their position
  std::string domain;  // "" for ai.onnx
  std::string op_type;
  std::string overload;
  std::optional<int64_t> opset;      // version of the domain where it is not the model's (bodies of functions)
  std::vector<std::string> inputs;   // "" = absent
  std::vector<std::string> outputs;  // "" = not used
  std::map<std::string, OnnxAttribute> attributes;
};

struct OnnxDim {
  std::optional<int64_t> value;
  std::string symbol;  // dim_param; empty and no value: unknown
};

struct OnnxValueInfo {
  std::string name;
  std::optional<Element> element;            // nothing: not a tensor, or a type tinyc has no element for
  std::string type_text;                     // for messages: "float8e4m3", "sequence", ...
  std::optional<std::vector<OnnxDim>> dims;  // nothing: rank unknown
};

struct OnnxInitializer {
  std::string name;
  Tensor data;
};

struct OnnxGraph {
  std::string name;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxValueInfo> inputs;  // may include initialisers (IR version 3)
  std::vector<OnnxValueInfo> outputs;
  std::vector<OnnxValueInfo> value_infos;
  std::vector<OnnxInitializer> initializers;
};

struct OnnxFunction {
  std::string domain;
  std::string name;
  std::string overload;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> attributes;  // without default
  std::map<std::string, OnnxAttribute> attribute_defaults;
  std::vector<OnnxNode> nodes;
  std::map<std::string, int64_t> opsets;
};

struct OnnxModel {
  int64_t ir_version = 0;
  std::string producer;
  std::map<std::string, int64_t> opsets;  // domain -> version; "ai.onnx" is stored as ""
  OnnxGraph graph;
  std::vector<OnnxFunction> functions;
  std::string sha256;  // of the model file, hexadecimal
  std::string file;    // base name
};

}  // namespace tinyc::ir
