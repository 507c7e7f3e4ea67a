// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/common.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  if (op.integer("axis") < 0 || op.integer("axis") >= x.rank()) return Failure{"axis is out of range"};
  if (x.quantized() || x.element == Element::b1) return Failure{"needs numbers that are not quantised"};
  op.results[0]->type = x;
  return {};
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const Tensor& x = *operands[0];
  const auto axis = static_cast<size_t>(op.integer("axis"));
  const int64_t count = x.shape()[axis], inner = strides_of(x.shape())[axis];
  const bool product = op.flag("product"), exclusive = op.flag("exclusive"), reverse = op.flag("reverse");
  for (int64_t line = 0; count != 0 && line < x.size() / count; ++line) {
    const int64_t base = line / inner * inner * count + line % inner;
    double real = product ? 1 : 0;
    auto integer = static_cast<uint64_t>(product ? 1 : 0);
    for (int64_t i = 0; i < count; ++i) {
      const int64_t at = base + (reverse ? count - 1 - i : i) * inner;
      const double before = real;
      const uint64_t before_integer = integer;
      real = product ? real * x.real(at) : real + x.real(at);
      const auto value = static_cast<uint64_t>(x.integer(at));
      integer = product ? integer * value : integer + value;
      if (is_float(x.element())) {
        results[0].set_real(at, exclusive ? before : real);
      } else {
        results[0].set_integer(at, wrap(static_cast<int64_t>(exclusive ? before_integer : integer), x.element()));
      }
    }
  }
}

void import_as(OnnxImporter& importer, bool product) {
  Value* x = importer.input(0);
  const Tensor* given = importer.required_constant(1, "the axis");
  if (!x || !given) return;
  if (given->size() != 1) return importer.error(Code::T0305, "the axis must be one number");
  const auto axis = importer.axis(given->integer(0), x->type.rank());
  if (!axis) return;
  importer.emit("cumulate", {x},
                {{"axis", int64_t{*axis}},
                 {"product", product},
                 {"exclusive", importer.integer("exclusive", 0) != 0},
                 {"reverse", importer.integer("reverse", 0) != 0}});
}

void import_sum(OnnxImporter& importer) { import_as(importer, false); }
void import_product(OnnxImporter& importer) { import_as(importer, true); }

}  // namespace

extern const OpDef cumulate_op = {
    .name = "cumulate",
    .summary = "Running sums or products along an axis.",
    .doc = "Element i of a line becomes the sum of elements 0 to i (exclusive: to i - 1), from the end if reverse.",
    .operands = {{"x"}},
    .results = {"y"},
    .attributes = {{"axis", AttributeKind::integer, std::nullopt, "not negative"},
                   {"product", AttributeKind::flag, Attribute{false}, "products instead of sums"},
                   {"exclusive", AttributeKind::flag, Attribute{false}, "without the element itself"},
                   {"reverse", AttributeKind::flag, Attribute{false}, "from the end"}},
    .infer = infer,
    .reference = reference,
    .onnx = {{"", "CumProd", 26, kNewest, import_product}, {"", "CumSum", 11, kNewest, import_sum}},
};

}  // namespace tinyc::ir
