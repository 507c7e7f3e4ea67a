// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_reduce.h"

#include <algorithm>

#include "backends/kernel_broadcast.h"
#include "ir/numerics.h"

namespace tinyc {

namespace {

bool same_rows(const ir::Type& operand, const ir::Type& result) {
  return operand.rank() == result.rank() && row_count(operand) == row_count(result);
}

// Steps of a matrix operand along the batch axes of the result.
ir::Shape batch_steps(const ir::Shape& from, size_t axes) {
  const ir::Shape strides = ir::strides_of(from);
  ir::Shape steps(axes, 0);
  const size_t own = from.size() - 2;
  for (size_t i = 0; i < own; ++i) {
    if (from[i] != 1) steps[axes - own + i] = strides[i];
  }
  return steps;
}

}  // namespace

std::optional<ReduceAxes> reduce_axes(const ir::Op& op) {
  const ir::Type& x = op.operand_type(0);
  const std::vector<int64_t>& axes = op.integers("axes");
  ReduceAxes result;
  const bool many = row_count(x) != 1;
  const bool by_rows = many && x.rank() == op.result_type().rank() && row_count(x) == row_count(op.result_type());
  result.whole = !by_rows && (many || row_count(op.result_type()) != 1);
  size_t slot = 0;
  for (size_t i = by_rows ? 2 : 0; i < x.shape.size(); ++i) {
    if (x.shape[i] == 1) continue;
    const bool reduced = std::find(axes.begin(), axes.end(), static_cast<int64_t>(i)) != axes.end();
    if (reduced != (slot % 2 == 1)) ++slot;
    if (slot >= result.size.size()) return std::nullopt;
    result.size[slot] *= x.shape[i];
    if (reduced) result.count *= x.shape[i];
  }
  return result;
}

std::optional<std::string> need_reduce(const ir::Op& op) {
  if (op.operand_type(0).elements() == 0) return "needs something to reduce";
  if (reduce_axes(op)) return std::nullopt;
  return "needs at most two groups of neighbouring axes";
}

Needs reduce_needs(const ir::Op& op) { return reduce_axes(op)->whole ? whole(op) : row_by_row(op, WriteFront::never); }

std::vector<GeometryField> reduce_geometry(const ReduceAxes& axes) {
  return {{"keep0", axes.size[0]},   {"reduce0", axes.size[1]}, {"keep1", axes.size[2]},
          {"reduce1", axes.size[3]}, {"keep2", axes.size[4]},   {"whole", axes.whole}};
}

double reduce_cycles(const ir::Op& op, const CoreTiming& t) {
  return static_cast<double>(op.operand_type(0).elements()) * (t.load + t.float_add + 3 * t.alu) +
         static_cast<double>(op.result_type().elements()) * (t.store + 10 * t.alu);
}

std::optional<Products> products_of(const ir::Op& op) {
  const ir::Type& a = op.operand_type(0);
  const ir::Type& b = op.operand_type(1);
  const ir::Type& y = op.result_type();
  Products products;
  products.lines = y.shape[y.shape.size() - 2];
  products.depth = a.shape.back();
  products.columns = y.shape.back();
  ir::Shape sizes(y.shape.begin(), y.shape.end() - 2);
  std::vector<ir::Shape> steps = {batch_steps(a.shape, sizes.size()), batch_steps(b.shape, sizes.size())};
  if (row_count(y) != 1) {
    products.a_by_row = same_rows(a, y);
    if (y.rank() == 3) {  // rows are lines
      products.a_row = products.a_by_row ? 0 : products.depth;
      products.lines = 1;
    } else {
      products.b_by_row = same_rows(b, y);
      products.a_row = products.a_by_row ? 0 : steps[0][1];
      products.b_row = products.b_by_row ? 0 : steps[1][1];
      sizes.erase(sizes.begin() + 1);
      for (ir::Shape& step : steps) step.erase(step.begin() + 1);
    }
  }
  if (!collapse_axes(sizes, steps, 2)) return std::nullopt;
  std::copy(sizes.begin(), sizes.end(), products.batch.begin());
  std::copy(steps[0].begin(), steps[0].end(), products.a_step.begin());
  std::copy(steps[1].begin(), steps[1].end(), products.b_step.begin());
  return products;
}

std::optional<std::string> need_products(const ir::Op& op) {
  if (products_of(op)) return std::nullopt;
  return "needs at most two groups of batch axes";
}

Needs products_needs(const ir::Op& op) {
  Needs needs = row_by_row(op, WriteFront::never);
  const Products products = *products_of(op);
  size_t buffer = 0;
  for (size_t i = 0; i < 2; ++i) {
    if (ir::constant_data(op.operand(i))) continue;
    const bool by_row = i == 0 ? products.a_by_row : products.b_by_row;
    InputWindow& window = needs.inputs[buffer++].window;
    window.all = !by_row && row_count(op.operand_type(i)) != 1;
    window.num = by_row ? 1 : 0;
  }
  return needs;
}

std::vector<GeometryField> products_geometry(const Products& p) {
  return {{"batch0", p.batch[0]}, {"batch1", p.batch[1]},   {"a0", p.a_step[0]}, {"a1", p.a_step[1]},
          {"b0", p.b_step[0]},    {"b1", p.b_step[1]},      {"lines", p.lines},  {"depth", p.depth},
          {"columns", p.columns}, {"a_by_row", p.a_by_row}, {"a_row", p.a_row},  {"b_by_row", p.b_by_row},
          {"b_row", p.b_row}};
}

std::optional<std::string> need_quantized_products(const ir::Op& op) {
  const ir::Type& a = op.operand_type(0);
  const ir::Type& b = op.operand_type(1);
  if (auto reason = need_8bit(a, "its first operand")) return reason;
  if (!b.quantized() || (b.element != ir::Element::i8 && b.element != ir::Element::u8))
    return "needs its second operand in 8 bits";
  const int64_t bound = 255 * 255 * a.shape.back();
  if (bound >= int64_t{1} << 31) return "needs at most 33,000 products per sum";
  for (const double scale : b.quant->scales) {
    if (!op.result_type().quantized()) break;
    const ir::FixedPoint ratio = ir::to_fixed_point(a.quant->scale() * scale / op.result_type().quant->scale());
    if (!fits_requantize(ratio, bound)) return "needs a larger output scale";
  }
  return need_products(op);
}

std::vector<int32_t> column_zeros(const ir::Op& op) {
  const ir::Type& b = op.operand_type(1);
  std::vector<int32_t> zeros;
  for (int64_t j = 0; j < b.shape.back(); ++j) zeros.push_back(static_cast<int32_t>(b.quant->zero_point(j)));
  return zeros;
}

}  // namespace tinyc
