// SPDX-License-Identifier: Apache-2.0
// Reductions and products of matrices as few nested loops.
#pragma once

#include <array>

#include "backends/kernel_support.h"

namespace tinyc {

// The operand as [keep0][reduce0][keep1][reduce1][keep2]. whole: the tensor is taken as one row.
struct ReduceAxes {
  std::array<int64_t, 5> size{1, 1, 1, 1, 1};
  int64_t count = 1;  // elements per result
  bool whole = false;
};
std::optional<ReduceAxes> reduce_axes(const ir::Op& op);
std::optional<std::string> need_reduce(const ir::Op& op);
Needs reduce_needs(const ir::Op& op);
// keep0, reduce0, keep1, reduce1, keep2, whole.
std::vector<GeometryField> reduce_geometry(const ReduceAxes& axes);
double reduce_cycles(const ir::Op& op, const CoreTiming& t);

// A product of matrices: two batch axes, then lines of depth elements times [depth][columns].
struct Products {
  std::array<int64_t, 2> batch{1, 1}, a_step{}, b_step{};
  int64_t lines = 1, depth = 1, columns = 1;
  bool a_by_row = false, b_by_row = false;
  int64_t a_row = 0, b_row = 0;  // elements from row to row where not by_row
};
std::optional<Products> products_of(const ir::Op& op);
std::optional<std::string> need_products(const ir::Op& op);
Needs products_needs(const ir::Op& op);
// batch0, batch1, a0, a1, b0, b1, lines, depth, columns, a_by_row, a_row, b_by_row, b_row.
std::vector<GeometryField> products_geometry(const Products& products);
// The conditions of a quantised product in 32 bits.
std::optional<std::string> need_quantized_products(const ir::Op& op);
// The zero point of b per column.
std::vector<int32_t> column_zeros(const ir::Op& op);

}  // namespace tinyc
