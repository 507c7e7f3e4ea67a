// SPDX-License-Identifier: Apache-2.0
#include "ir/onnx/formula.h"

#include <numeric>

namespace tinyc::ir {
namespace {

std::vector<int64_t> identity(int rank) {
  std::vector<int64_t> perm(static_cast<size_t>(rank));
  std::iota(perm.begin(), perm.end(), int64_t{0});
  return perm;
}

}  // namespace

const Shape& Term::shape() const {
  static const Shape none;
  return value ? value->type.shape : none;
}

int64_t Term::dim(int axis) const {
  const int at = axis < 0 ? axis + rank() : axis;
  return at >= 0 && at < rank() ? shape()[static_cast<size_t>(at)] : 1;
}

Term input_term(OnnxImporter& importer, size_t index) { return {&importer, importer.input(index)}; }

Term optional_term(OnnxImporter& importer, size_t index) {
  return {&importer, importer.has_input(index) ? importer.input(index) : nullptr};
}

Term tensor_term(OnnxImporter& importer, Tensor data) {
  return {&importer, importer.builder().constant(std::move(data))};
}

Term number_like(Term like, double value) {
  if (!like) return like;
  return tensor_term(*like.importer, Tensor::of_reals(like.element(), {}, {value}));
}

Term counting(OnnxImporter& importer, int64_t count, int axis, int rank) {
  Shape shape(static_cast<size_t>(rank), 1);
  shape[static_cast<size_t>(axis)] = count;
  Tensor numbers(Element::i64, shape);
  for (int64_t i = 0; i < count; ++i) numbers.set_integer(i, i);
  return tensor_term(importer, std::move(numbers));
}

Term apply(std::string_view op, std::vector<Term> operands, Attributes attributes) {
  std::vector<Value*> values;
  OnnxImporter* importer = nullptr;
  for (const Term& operand : operands) {
    values.push_back(operand.value);
    if (operand.importer) importer = operand.importer;
  }
  return {importer, importer ? importer->make(op, std::move(values), std::move(attributes)) : nullptr};
}

Term operator+(Term a, Term b) { return apply("add", {a, b}); }
Term operator-(Term a, Term b) { return apply("sub", {a, b}); }
Term operator*(Term a, Term b) { return apply("mul", {a, b}); }
Term operator/(Term a, Term b) { return apply("div", {a, b}); }
Term operator+(Term a, double b) { return a + number_like(a, b); }
Term operator-(Term a, double b) { return a - number_like(a, b); }
Term operator*(Term a, double b) { return a * number_like(a, b); }
Term operator/(Term a, double b) { return a / number_like(a, b); }

Term cast(Term x, Element to) { return x.element() == to ? x : apply("cast", {x}, {{"to", to}}); }

Term reshape(Term x, Shape shape) {
  return x.shape() == shape ? x : apply("reshape", {x}, {{"shape", std::move(shape)}});
}

Term transpose(Term x, std::vector<int64_t> perm) {
  return perm == identity(x.rank()) ? x : apply("transpose", {x}, {{"perm", std::move(perm)}});
}

Term expand(Term x, Shape shape) {
  return x.shape() == shape ? x : apply("expand", {x}, {{"shape", std::move(shape)}});
}

Term slice(Term x, int axis, int64_t start, int64_t count, int64_t step) {
  if (!x) return x;
  const auto at = static_cast<size_t>(axis < 0 ? axis + x.rank() : axis);
  Shape starts(x.shape().size(), 0), sizes = x.shape(), steps(x.shape().size(), 1);
  starts[at] = start;
  sizes[at] = count;
  steps[at] = step;
  if (sizes == x.shape() && step == 1) return x;
  return apply("slice", {x}, {{"starts", starts}, {"sizes", sizes}, {"steps", steps}});
}

Term concat(std::vector<Term> parts, int axis) {
  if (parts.size() == 1) return parts[0];
  const int64_t at = axis < 0 ? axis + parts[0].rank() : axis;
  return apply("concat", std::move(parts), {{"axis", at}});
}

Term gather(Term x, Term indices, int axis) { return apply("gather", {x, indices}, {{"axis", int64_t{axis}}}); }

Term select(Term condition, Term yes, Term no) { return apply("select", {condition, yes, no}); }

Term reduce(std::string_view op, Term x, std::vector<int64_t> axes) {
  return axes.empty() ? x : apply(op, {x}, {{"axes", std::move(axes)}});
}

Term argument_of_max(Term x, int axis) {
  const int64_t at = axis < 0 ? axis + x.rank() : axis;
  return apply("arg_max", {x}, {{"axis", at}, {"last", false}});
}

Term softmax(Term x, int axis) { return apply("softmax", {x}, {{"axis", int64_t{axis < 0 ? axis + x.rank() : axis}}}); }

Term matmul(Term a, Term b) { return apply("matmul", {a, b}); }

Term swap_last_two(Term x) {
  if (x.rank() < 2) return x;
  std::vector<int64_t> perm = identity(x.rank());
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return transpose(x, std::move(perm));
}

Term from_the_end(Term indices, int64_t count) {
  return select(apply("less", {indices, number_like(indices, 0)}), indices + static_cast<double>(count), indices);
}

Shape flattened_at(const Shape& shape, int axis) {
  const auto middle = shape.begin() + axis;
  return {element_count(Shape(shape.begin(), middle)), element_count(Shape(middle, shape.end()))};
}

}  // namespace tinyc::ir
