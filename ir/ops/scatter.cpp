// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ir/onnx/formula.h"
#include "ir/ops/common.h"
#include "ir/ops/indexing.h"

namespace tinyc::ir {
namespace {

Status infer(Op& op) {
  const Type& x = op.operand_type(0);
  const Type& indices = op.operand_type(1);
  const Type& updates = op.operand_type(2);
  if (x.rank() != 2 || indices.rank() != 1 || updates.shape != Shape{indices.shape[0], x.shape[1]})
    return Failure{
        fmt::format("rows {} at {} for {}", shape_text(updates.shape), shape_text(indices.shape), shape_text(x.shape))};
  if (!is_integer(indices.element) || updates.element != x.element) return Failure{"elements do not fit"};
  copy_element_type(op, 0, op.results[0]->type);
  op.results[0]->type.shape = x.shape;
  return {};
}

Status verify(const Op& op) {
  const std::string& kind = op.text("reduction");
  const bool known = kind == "none" || kind == "add" || kind == "mul" || kind == "max" || kind == "min";
  return known ? Status{} : Failure{"unknown reduction '" + kind + "'"};
}

template <class T>
T combined(const std::string& kind, T a, T b) {
  if (kind == "max") return std::max(a, b);
  if (kind == "min") return std::min(a, b);
  if constexpr (std::is_floating_point_v<T>) return kind == "add" ? a + b : a * b;
  const auto ua = static_cast<uint64_t>(a), ub = static_cast<uint64_t>(b);
  return static_cast<T>(kind == "add" ? ua + ub : ua * ub);
}

void reference(const Op& op, std::span<const Tensor* const> operands, std::span<Tensor> results) {
  const std::string& kind = op.text("reduction");
  Tensor& y = results[0];
  y = *operands[0];
  const int64_t rows = y.shape()[0], width = y.shape()[1];
  const auto bytes = static_cast<size_t>(element_bytes(y.element()));
  for (int64_t i = 0; i < operands[1]->size(); ++i) {
    const int64_t row = operands[1]->integer(i);
    if (row < 0 || row >= rows) continue;
    for (int64_t k = 0; k < width; ++k) {
      const int64_t to = row * width + k, from = i * width + k;
      if (kind == "none") {
        std::memcpy(y.mutable_data() + static_cast<size_t>(to) * bytes,
                    operands[2]->data() + static_cast<size_t>(from) * bytes, bytes);
      } else if (is_float(y.element())) {
        y.set_real(to, combined(kind, y.real(to), operands[2]->real(from)));
      } else {
        y.set_integer(to, wrap(combined(kind, y.integer(to), operands[2]->integer(from)), y.element()));
      }
    }
  }
}

// Places in units of rows of `width` elements.
Term scattered(Term x, Term places, Term updates, int64_t width, std::string reduction) {
  const int64_t rows = width == 0 ? 0 : element_count(x.shape()) / width;
  const int64_t count = element_count(places.shape());
  const Term y =
      apply("scatter", {reshape(x, {rows, width}), reshape(places, {count}), reshape(updates, {count, width})},
            {{"reduction", std::move(reduction)}});
  return reshape(y, x.shape());
}

void import_scatter_nd(OnnxImporter& importer) {
  const Term x = input_term(importer, 0), indices = input_term(importer, 1), updates = input_term(importer, 2);
  if (!x || !indices || !updates) return;
  const auto named = static_cast<int>(indices.dim(-1));
  if (indices.rank() < 1 || named < 1 || named > x.rank())
    return importer.error(Code::T0305,
                          fmt::format("indices {} into {}", shape_text(indices.shape()), shape_text(x.shape())));
  const int64_t width = element_count({x.shape().begin() + named, x.shape().end()});
  if (element_count(updates.shape()) != element_count(indices.shape()) / named * width)
    return importer.error(Code::T0305, "the updates do not fit the indices");
  const Term places = flat_position(indices, x.shape(), 0);
  importer.set_output(0, scattered(x, places, updates, width, importer.text("reduction", "none")).value);
}

void import_scatter_elements(OnnxImporter& importer) {
  const Term x = input_term(importer, 0), indices = input_term(importer, 1), updates = input_term(importer, 2);
  if (!x || !indices || !updates) return;
  const auto axis = importer.axis(importer.integer("axis", 0), x.rank());
  if (!axis) return;
  if (indices.rank() != x.rank() || updates.shape() != indices.shape())
    return importer.error(Code::T0305, fmt::format("indices {} and updates {} for {}", shape_text(indices.shape()),
                                                   shape_text(updates.shape()), shape_text(x.shape())));
  const Shape strides = strides_of(x.shape());
  Tensor fixed(Element::i64, indices.shape());  // what the other axes add
  const Shape own = strides_of(indices.shape());
  for (int64_t i = 0; i < fixed.size(); ++i) {
    int64_t place = 0;
    for (int d = 0; d < x.rank(); ++d) {
      const auto at = static_cast<size_t>(d);
      if (indices.shape()[at] > x.shape()[at] && d != *axis)
        return importer.error(Code::T0305, "indices reach outside");
      if (d != *axis) place += i / own[at] % indices.shape()[at] * strides[at];
    }
    fixed.set_integer(i, place);
  }
  const Term picked = from_the_end(cast(indices, Element::i64), x.dim(*axis)) *
                      static_cast<double>(strides[static_cast<size_t>(*axis)]);
  const Term places = picked + tensor_term(importer, std::move(fixed));
  importer.set_output(0, scattered(x, places, updates, 1, importer.text("reduction", "none")).value);
}

// A cache [batch, ..., steps, ...] with new steps written from a position per batch entry on.
void import_tensor_scatter(OnnxImporter& importer) {
  const Term x = input_term(importer, 0), updates = input_term(importer, 1);
  Term starts = optional_term(importer, 2);
  if (!x || !updates) return;
  const auto axis = importer.axis(importer.integer("axis", -2), x.rank());
  if (!axis) return;
  const std::string mode = importer.text("mode", "linear");
  if (*axis == 0 || updates.rank() != x.rank() || (mode != "linear" && mode != "circular"))
    return importer.error(Code::T0307, fmt::format("axis {}, mode '{}'", *axis, mode));
  const int64_t batch = x.dim(0), steps = x.dim(*axis), added = updates.dim(*axis);
  const int64_t middle = element_count({x.shape().begin() + 1, x.shape().begin() + *axis});
  const int64_t width = element_count({x.shape().begin() + *axis + 1, x.shape().end()});
  if (element_count(updates.shape()) != batch * middle * added * width)
    return importer.error(Code::T0305,
                          fmt::format("update {} for {}", shape_text(updates.shape()), shape_text(x.shape())));
  starts = starts ? reshape(cast(starts, Element::i64), {batch, 1, 1})
                  : tensor_term(importer, Tensor(Element::i64, {batch, 1, 1}));
  Term step = starts + counting(importer, added, 2, 3);
  if (mode == "circular") step = apply("mod", {step, number_like(step, static_cast<double>(steps))});
  const Term line = counting(importer, batch, 0, 3) * static_cast<double>(middle) + counting(importer, middle, 1, 3);
  const Term places = line * static_cast<double>(steps) + step;
  importer.set_output(0, scattered(x, places, updates, width, "none").value);
}

}  // namespace

extern const OpDef scatter_op = {
    .name = "scatter",
    .summary = "A matrix with some rows replaced, or combined with further ones.",
    .doc =
        "x [rows, width], indices [count], updates [count, width]: y is x, then row indices[i] becomes updates[i], or "
        "is added to it (multiplied by it, compared with it) for i = 0, 1, ... Rows outside x are left out.",
    .operands = {{"x"}, {"indices"}, {"updates"}},
    .results = {"y"},
    .attributes = {{"reduction", AttributeKind::text, Attribute{std::string("none")}, "none, add, mul, max or min"}},
    .infer = infer,
    .verify = verify,
    .reference = reference,
    .onnx = {{"", "Scatter", 9, 10, import_scatter_elements},
             {"", "ScatterElements", 11, kNewest, import_scatter_elements},
             {"", "ScatterND", 11, kNewest, import_scatter_nd},
             {"", "TensorScatter", 24, kNewest, import_tensor_scatter}},
};

}  // namespace tinyc::ir
