// SPDX-License-Identifier: Apache-2.0
// Pieces that several operator files share: broadcasting, element-wise families, fused activations, affine arithmetic.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ir/numerics.h"
#include "ir/onnx_import.h"
#include "ir/op_def.h"

namespace tinyc::ir {

// --- shapes
// -----------------------------------------------------------------------------------------------------------
Result<Shape> broadcast(const Shape& a, const Shape& b);  // numpy's rule
// Element offsets into a tensor of shape `from` for every element of `to` (from broadcasts to to).
std::vector<int64_t> broadcast_offsets(const Shape& from, const Shape& to);
// Calls visit(index vector) for every position in row-major order.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
  Shape index(shape.size(), 0);
  for (int64_t left = element_count(shape); left > 0; --left) {
    visit(static_cast<const Shape&>(index));
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

// The nearest number of a float element.
double rounded_to(double value, Element element);

// --- fused activations
// ------------------------------------------------------------------------------------------------- An operator may
// carry the mnemonic of a unary operator and its real attributes, applied to each result.
AttributeDef activation_attribute();
AttributeDef activation_args_attribute();
// The activation as a function over reals; identity for "none". Look it up once per operator, not per element.
struct Activation {
  double (*function)(double x, std::span<const double> args) = nullptr;
  std::span<const double> args = {};
  Element element = Element::f32;  // the operator's own result is rounded to it first, as if it were not fused
  double operator()(double value) const { return function ? function(rounded_to(value, element), args) : value; }
};
Activation activation_of(const Op& op);
// Integer results: the bounds to clamp to. Valid for "none", "relu" and "clip"; verify refuses others there.
struct ClampBounds {
  int64_t low;
  int64_t high;
};
ClampBounds clamp_bounds(const Op& op, const Type& result);
Status verify_activation(const Op& op);

// --- unary and binary families
// -------------------------------------------------------------------------------------------
using UnaryFunction = double (*)(double x, std::span<const double> args);
// Function of a unary operator by mnemonic ("relu"), nullptr if there is none. Args: its real attributes in their
// order.
UnaryFunction unary_function(std::string_view name);
std::vector<double> real_attributes(const Op& op);
size_t real_attribute_count(const OpDef& def);

struct UnarySpec {
  std::string_view name;
  std::string_view summary;
  std::string_view doc;
  std::vector<AttributeDef> attributes = {};  // of kind real
  UnaryFunction function;
  // Exact form on plain integers, wrapped to the element; without it they go through double.
  int64_t (*integer)(int64_t x, std::span<const double> args) = nullptr;
  bool tests = false;  // the result is b1
  std::vector<OnnxRule> onnx = {};
};
OpDef unary_op(UnarySpec spec);
// The ONNX operator becomes `name` of its single input; real attributes are those of the operator, under their names.
void import_unary_as(OnnxImporter& importer, std::string_view name);
template <const char* name>
void import_unary(OnnxImporter& importer) {
  import_unary_as(importer, name);
}

struct BinarySpec {
  std::string_view name;
  std::string_view summary;
  std::string_view doc;
  bool commutative = false;
  double (*real)(double, double);
  int64_t (*integer)(int64_t, int64_t);  // plain integers; result wraps to the element
  // Integer form: a and b are the operand integers; nullptr if there is none.
  int64_t (*quantized)(int64_t a, int64_t b, const Type& ta, const Type& tb, const Type& result) = nullptr;
  bool compares = false;  // the result is b1
  bool tflite = false;    // has the attribute `rounding` (ir/tflite.h)
  std::vector<OnnxRule> onnx = {};
};
OpDef binary_op(BinarySpec spec);
// The ONNX operator becomes `name` of its two inputs.
void import_binary_as(OnnxImporter& importer, std::string_view name);
template <const char* name>
void import_binary(OnnxImporter& importer) {
  import_binary_as(importer, name);
}
// A cast as ONNX means it; elements of fewer than 8 bits and small floats go through i8, u8 or f32. attributes: of the
// cast to a small float. nullptr after an error.
Value* import_cast_to(OnnxImporter& importer, Value* x, Element to, Attributes attributes = {});
// An ONNX operator of one or more inputs becomes a chain of `name`; nullptr after an error.
Value* import_chain(OnnxImporter& importer, std::string_view name);

// --- affine arithmetic
// ---------------------------------------------------------------------------------------------------
inline int64_t saturate(int64_t value, Element element) {
  return value < lowest(element) ? lowest(element) : value > highest(element) ? highest(element) : value;
}
// Keeps the low bits of the element, as two's complement arithmetic on the target does.
int64_t wrap(int64_t value, Element element);
// value - zero_point of one quantisation (per tensor) to another, one rounding, saturated.
int64_t requantize_to(int64_t value, const Type& from, const Type& to);
// Copies quantisation from operand to result for operators that only move elements (per tensor only).
void copy_element_type(const Op& op, size_t operand, Type& result);

}  // namespace tinyc::ir
