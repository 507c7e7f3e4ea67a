// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "ir/onnx/formula.h"
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const int64_t axis = op.integer("axis"), k = op.integer("k");
  if (axis < 0 || axis >= x.rank()) return Failure{"axis is out of range"};
  if (k < 0 || k > x.shape[static_cast<size_t>(axis)])
    return Failure{fmt::format("the {} first of {}", k, shape_text(x.shape))};
  copy_element_type(op, 0, op.results[0]->type);
  op.results[0]->type.shape = x.shape;
  op.results[0]->type.shape[static_cast<size_t>(axis)] = k;
  op.results[1]->type = {Element::i64, op.results[0]->type.shape, std::nullopt};
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t k = op.integer("k"), count = x.shape()[axis], inner = strides_of(x.shape())[axis];
  const bool largest = op.flag("largest"), real = is_float(x.element());
  if (k == 0) return;
  std::vector<int64_t> order(static_cast<size_t>(count));
  for (int64_t line = 0; line < x.size() / count; ++line) {
    const int64_t from = line / inner * inner * count + line % inner;
    const auto before = [&](int64_t a, int64_t b) {
      if (real)
        return largest ? x.real(from + a * inner) > x.real(from + b * inner)
                       : x.real(from + a * inner) < x.real(from + b * inner);
      const int64_t va = x.integer(from + a * inner), vb = x.integer(from + b * inner);
      if (x.element() == Element::u64)
        return largest ? static_cast<uint64_t>(va) > static_cast<uint64_t>(vb)
                       : static_cast<uint64_t>(va) < static_cast<uint64_t>(vb);
      return largest ? va > vb : va < vb;
    };
    std::iota(order.begin(), order.end(), int64_t{0});
    std::stable_sort(order.begin(), order.end(), before);
    const int64_t to = line / inner * inner * k + line % inner;
    for (int64_t i = 0; i < k; ++i) {
      const int64_t at = order[static_cast<size_t>(i)];
      if (real) results[0].set_real(to + i * inner, x.real(from + at * inner));
      if (!real) results[0].set_integer(to + i * inner, x.integer(from + at * inner));
      results[1].set_integer(to + i * inner, at);
    }
  }
}

// K was an attribute before opset 10.
void import_top_k(OnnxImporter& importer) {
  Value* x = importer.input(0);
  if (!x) return;
  int64_t k = importer.integer("k", -1);
  if (importer.opset() >= 10) {
    const Tensor* given = importer.required_constant(1, "K");
    if (!given) return;
    if (given->size() != 1) return importer.error(Code::T0305, "K must be one number");
    k = given->integer(0);
  }
  const auto axis = importer.axis(importer.integer("axis", -1), x->type.rank());
  if (!axis) return;
  importer.emit("top_k", {x}, {{"axis", int64_t{*axis}}, {"k", k}, {"largest", importer.integer("largest", 1) != 0}});
}

}  // namespace

extern const OpDef top_k_op = {
    .name = "top_k",
    .summary = "The largest or smallest elements along an axis, in order, and their positions.",
    .doc = "Of equal elements the one that stands first comes first. NaN has no place in the order.",
    .operands = {{"x"}},
    .results = {"values", "indices"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "not negative"},
                   {"k", AttributeKind::integer, std::nullopt, "how many"},
                   {"largest", AttributeKind::flag, Attribute{true}, "else the smallest"}},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "TopK", 1, kNewest, import_top_k}},
};

}  // namespace tinyc::ir
