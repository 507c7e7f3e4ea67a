// SPDX-License-Identifier: Apache-2.0
// The definition of an operator: one const OpDef in one file of ir/ops, named by a line of ops.list. Everything that
// the compiler knows about an operator is here or follows from here: parser, printer, verifier, documentation,
// interpreter.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/result.h"
#include "ir/graph.h"

namespace tinyc::ir {

class OnnxImporter;  // onnx_import.h

enum class OperandKind : uint8_t { required, optional, variadic };

struct OperandDef {
  std::string_view name;
  OperandKind kind = OperandKind::required;
  std::string_view doc = {};
};

struct AttributeDef {
  std::string_view name;
  AttributeKind kind;
  std::optional<Attribute> fallback;  // nothing: the attribute must be given
  std::string_view doc = {};
};

// How results follow from operands element by element; what passes and the planner need to know without reading code.
struct Traits {
  bool elementwise = false;  // result element i depends only on operand elements i (after broadcasting)
  bool view = false;         // the result has the operand's bytes in the operand's order
  bool commutative = false;
  bool quantized_form = false;  // integer arithmetic is defined when operands and results are quantised
  bool moves_only = false;      // copies elements without looking at them (transpose, slice, gather, ...)
  bool random = false;          // must not be folded or merged
};

// Maps an ONNX operator to the graph: makes operators through the importer. Errors go to the importer.
struct OnnxRule {
  std::string_view domain;  // "" = ai.onnx
  std::string_view op_type;
  int since;  // first opset version the rule covers
  int until;  // last one; kNewest if open
  void (*import)(OnnxImporter&);
};
inline constexpr int kNewest = 1 << 20;

// What a binary element-wise operator computes, per kind of element.
struct BinaryFunctions {
  double (*real)(double a, double b);
  int64_t (*integer)(int64_t a, int64_t b);
  int64_t (*quantized)(int64_t a, int64_t b, const Type& ta, const Type& tb,
                       const Type& result);  // nullptr: no integer form
};

// What a reduction over axes computes.
struct ReduceFunctions {
  enum class Integers : uint8_t { none, sum, mean, extreme };

  double start;  // the result where there is nothing to reduce
  double (*real)(double so_far, double x);
  int64_t (*start_integer)(Element element);
  int64_t (*integer)(int64_t so_far, int64_t x);  // plain integers wrap to the element at the end
  Integers quantized;                             // integer form; mean divides floats too
};

struct OpDef {
  std::string_view name;     // mnemonic = file name
  std::string_view summary;  // one line
  std::string_view doc;      // semantics, layouts, what is refused
  std::vector<OperandDef> operands = {};
  std::vector<std::string_view> results = {};
  std::vector<AttributeDef> attributes = {};
  Traits traits = {};
  // Sets the types of the results from operands and attributes; a reason when they do not fit. A quantised operator's
  // result keeps the element and quantisation that its maker gives; infer then only speaks of the shape.
  Status (*infer)(Op& op) = nullptr;
  // Further rules, checked after shapes; may be nullptr.
  Status (*verify)(const Op& op) = nullptr;
  // Slow and obvious evaluation; the results are allocated with their types.
  void (*reference)(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) = nullptr;
  // Multiply-accumulates of one execution; nullptr = none.
  int64_t (*macs)(const Op& op) = nullptr;
  // Element-wise families (ops/common.h); nullptr elsewhere.
  double (*scalar)(double x, std::span<const double> args) = nullptr;
  int64_t (*scalar_integer)(int64_t x, std::span<const double> args) = nullptr;  // exact form on plain integers
  std::shared_ptr<const BinaryFunctions> binary = nullptr;
  std::shared_ptr<const ReduceFunctions> reduce = nullptr;  // ops/reduce.h
  std::vector<OnnxRule> onnx = {};

  const AttributeDef* attribute(std::string_view attribute_name) const {
    for (const AttributeDef& candidate : attributes) {
      if (candidate.name == attribute_name) return &candidate;
    }
    return nullptr;
  }
};

std::span<const OpDef* const> all_ops();  // sorted by name, from ops.list
const OpDef* find_op(std::string_view name);
const OpDef& op_def(std::string_view name);  // must exist

}  // namespace tinyc::ir
