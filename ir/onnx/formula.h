// SPDX-License-Identifier: Apache-2.0
// Formulas over values at import, written as ONNX's definitions write them. A term without a value is an absent operand
// or the result of a problem that was reported; whatever is computed from it has no value either.
#pragma once

#include <string_view>
#include <vector>

#include "ir/onnx_import.h"

namespace tinyc::ir {

struct Term {
  OnnxImporter* importer = nullptr;
  Value* value = nullptr;

  explicit operator bool() const { return value != nullptr; }
  Element element() const { return value ? value->type.element : Element::f32; }
  const Shape& shape() const;  // empty without a value
  int rank() const { return static_cast<int>(shape().size()); }
  int64_t dim(int axis) const;  // negative axes count from the end; 1 where there is no such axis
  const Tensor* known() const { return value ? constant_data(value) : nullptr; }
};

Term input_term(OnnxImporter& importer, size_t index);     // reports a missing input
Term optional_term(OnnxImporter& importer, size_t index);  // no value when absent

Term tensor_term(OnnxImporter& importer, Tensor data);
Term number_like(Term like, double value);  // a scalar of the term's element
// 0, 1, ... count - 1 along one axis of a tensor of that rank, i64.
Term counting(OnnxImporter& importer, int64_t count, int axis, int rank);

// Any operator of the IR by its mnemonic; its first result.
Term apply(std::string_view op, std::vector<Term> operands, Attributes attributes = {});

// Numpy broadcasting; numbers take the element of the other operand.
Term operator+(Term a, Term b);
Term operator-(Term a, Term b);
Term operator*(Term a, Term b);
Term operator/(Term a, Term b);
Term operator+(Term a, double b);
Term operator-(Term a, double b);
Term operator*(Term a, double b);
Term operator/(Term a, double b);

Term cast(Term x, Element to);
Term reshape(Term x, Shape shape);
Term transpose(Term x, std::vector<int64_t> perm);
Term expand(Term x, Shape shape);
Term slice(Term x, int axis, int64_t start, int64_t count, int64_t step = 1);
Term concat(std::vector<Term> parts, int axis);
Term gather(Term x, Term indices, int axis);
Term select(Term condition, Term yes, Term no);
Term reduce(std::string_view op, Term x, std::vector<int64_t> axes);  // the axes become 1
Term argument_of_max(Term x, int axis);                               // i64, the axis becomes 1
Term softmax(Term x, int axis);
Term matmul(Term a, Term b);
Term swap_last_two(Term x);
// Negative indices count from the end of an axis of that size.
Term from_the_end(Term indices, int64_t count);

// Where ONNX's ...ND operators point: each last-axis row of the indices names a place in the axes of `shape` after its
// first `shared` ones, which go along with the indices' first axes. i64, without the last axis; counted in units of
// what lies behind the named axes. (index_rules.cpp)
Term flat_position(Term indices, const Shape& shape, int shared);

// Shape with the axes before `axis` and from it on multiplied together.
Shape flattened_at(const Shape& shape, int axis);

}  // namespace tinyc::ir
